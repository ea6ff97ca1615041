import ArgumentParser
import Glibc
import TallyProof
import Tallystick

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Keys that sign checkpoints.", subcommands: [Generate.self, Events.self])

  struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "generate",
      abstract: "Make a key: FILE is the secret, FILE.pub what others check signatures with.",
      discussion: """
        The origin names the log for outsiders, as a URL without scheme. A new key with the same origin replaces an
        old one: pass its FILE.pub on, and let the old one sign beside it until everybody has it.

        Example:
          tally key generate --origin shop.example/log --out shop.key
        """)

    @Option(help: "Whose key it is: 1 to 255 bytes without blanks and plus signs.")
    var origin: String

    @Option(help: "Where the secret goes: a file that does not exist yet, readable by its owner only.")
    var out: String

    @Flag(help: "Make the key of a witness, whose signatures say when they were made.")
    var witness = false

    @Flag(help: "Answer with one JSON object on standard output.")
    var json = false

    func run() throws {
      let signer: NoteSigner
      do throws(NoteFlaw) { signer = try NoteSigner.generate(name: origin, cosigns: witness) } catch {
        throw CommandFailure.usage(error.description)
      }
      try KeyFile.write(signer.text + "\n", to: out, mode: 0o600)
      try KeyFile.write(signer.verifier.text + "\n", to: out + ".pub", mode: 0o644)
      try Output.reading { output in
        if json {
          try output.json { json in
            json.beginObject()
            json.field("origin", origin)
            json.field("public_key", signer.verifier.text)
            json.field("secret_file", out)
            json.field("public_file", out + ".pub")
            json.endObject()
          }
        } else {
          try output.line(signer.verifier.text)
        }
      }
    }
  }
}

extension KeyCommand {
  struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "events",
      abstract: "Print the public key of the tree over a log's events, from the log's own public key.",
      discussion: """
        It is the same key under the name ORIGIN/events: for monitors and witnesses of that tree (tally tiles).

        Example:
          tally key events shop.key.pub > shop-events.key.pub
        """)

    @Argument(help: ArgumentHelp("The log's public key, or its file.", valueName: "public"))
    var key: String

    func run() throws {
      let verifier = try KeyFile.verifier(key)
      guard !verifier.isWitness, let events = verifier.beside(EventsHead.part) else {
        throw CommandFailure(.badData, "\(verifier.name) is a witness, or a name too long to have another behind it")
      }
      try Output.reading { try $0.line(events.text) }
    }
  }
}

/// Files with keys.
enum KeyFile {
  private static let largest = 4096

  /// Makes a file that nobody else may read before it is written.
  static func write(_ text: String, to path: String, mode: mode_t) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      if errno == EEXIST {
        throw CommandFailure.usage("\(path) is there already: a key is never overwritten; name another file")
      }
      throw CommandFailure.system("cannot make \(path)")
    }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      throw CommandFailure.system("cannot write \(path)")
    }
  }

  /// Reads a secret key.
  static func signer(_ path: String) throws -> NoteSigner {
    let signer = try key(path)
    guard !signer.verifier.isWitness else {
      throw CommandFailure(
        .badData, "\(path) is a witness's key, which cosigns others' checkpoints; a log has one of its own")
    }
    return signer
  }

  /// Reads the secret key of a witness.
  static func witness(_ path: String) throws -> NoteSigner {
    let signer = try key(path)
    if signer.verifier.isWitness { return signer }
    throw CommandFailure(
      .badData, "\(path) is a log's key; make a witness's with: tally key generate --witness --origin NAME --out FILE")
  }

  /// Reads public keys, each as it is or in a file.
  static func verifier(_ text: String) throws -> NoteVerifier {
    let bytes = try LocalFileSystem().contents(of: text, maximum: largest)
    do throws(NoteFlaw) {
      return try NoteVerifier(bytes.map { String(decoding: $0, as: UTF8.self) } ?? text)
    } catch {
      throw CommandFailure(
        .badData, bytes == nil ? "\(Arguments.quote(text)) is no file, and \(error)" : "\(text) \(error)")
    }
  }

  /// Reads a secret key, of whatever kind.
  private static func key(_ path: String) throws -> NoteSigner {
    let text = try text(of: path)
    do throws(NoteFlaw) { return try NoteSigner(text) } catch {
      throw CommandFailure(.badData, "\(path) \(error); make one with: tally key generate --origin NAME --out FILE")
    }
  }

  private static func text(of path: String) throws -> String {
    guard let bytes = try LocalFileSystem().contents(of: path, maximum: largest) else {
      throw CommandFailure(
        .inputOutput, "there is no file \(path); make a key with: tally key generate --origin NAME --out \(path)")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
