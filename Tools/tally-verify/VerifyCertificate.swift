import ArgumentParser
import TallyFormat
import TallyProcess
import TallyText

/// Checks who signed a certificate, and says what it certifies.
struct VerifyCertificate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tally-verify certificate",
    abstract: "Check the signature of a certificate that tally-verify --certificate wrote, and show what it says.",
    discussion: """
      Needs nothing but the file and the auditor's public key.

      Example:
        tally-verify certificate shop.certificate --key auditor.key.pub

      Exit codes:
        0   signed with that key, and the log was proven
        1   not signed with that key, or the log was not proven
        65  it is no certificate
        74  a file cannot be read
      """)

  @Argument(help: "What tally-verify --certificate wrote.")
  var file: String

  @Option(help: ArgumentHelp("The auditor's public key, or its file.", valueName: "public"))
  var key: String

  @Flag(help: "Print the certificate's object on standard output.")
  var json = false

  func run() throws {
    let files = LocalFileSystem()
    do {
      let bytes = try files.contents(ofExisting: file, maximum: SignedNote.largest, to: "open the certificate")
      let key = try PublicKey.read(key, files: files)
      try show(try Certificate.read(bytes, file, key: key), bytes, by: key)
    } catch let error as CheckpointFile.Malformed {
      complain(error.description)
      throw ExitCode(65)
    } catch let error as CheckpointFile.Unsigned {
      complain(error.description)
      throw ExitCode(1)
    } catch let error as FileError {
      complain("\(error)")
      throw ExitCode(74)
    }
  }

  private func show(_ value: JSONValue, _ bytes: [UInt8], by key: NoteVerifier) throws {
    func text(_ name: String) -> String {
      switch value[name] {
      case .string(let text)?: text
      case .number(let number)?: number.unsigned.map { "\($0)" } ?? "?"
      default: "none"
      }
    }
    if json {
      try StandardOutput.line(String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
    } else {
      let made = Int64(text("made_ms")).map { Timestamp.text($0) } ?? "an unknown time"
      try StandardOutput.line(
        "\(text("verdict").uppercased()): \(key.name) certifies it of log \(text("log")), events \(text("first_seq")) to"
          + " \(text("last_seq")) in \(text("frames")) frames, judged at \(made) by \(text("program")) \(text("version"))"
      )
    }
    if text("verdict") != "proven" { throw ExitCode(1) }
  }
}
