import TallyAudit
import TallyFormat
import TallyProof
import TallyText

/// A checkpoint: a signed one, or one as `tally info --json` and `tally-verify --json` print it, of which other fields are
/// ignored.
enum CheckpointFile {
  case signed(TreeHead)
  case plain(Checkpoint)

  struct Malformed: Error, CustomStringConvertible {
    var description: String
  }

  /// It has no signature that is right.
  struct Unsigned: Error, CustomStringConvertible {
    var description: String
  }

  private static let largest = 1 << 24
  private static let maximumDepth = 512

  /// - Parameter key: whose signature it must have; `nil`: none is looked at.
  /// - Parameter witnesses: who must have cosigned it; `nil`: nobody.
  /// - Throws: ``Malformed``, `NoteFlaw` for a signature that is wrong or missing, or `FileError`.
  static func read(
    _ path: String, key: NoteVerifier? = nil, witnesses: WitnessQuorum? = nil, files: any FileSystem
  ) throws -> CheckpointFile {
    let bytes = try files.contents(ofExisting: path, maximum: largest, to: "open the checkpoint")
    if bytes.first != UInt8(ascii: "{"), let note = try? SignedNote(parsing: bytes) {
      let head: TreeHead
      do throws(NoteFlaw) { head = try TreeHead(parsing: note.text) } catch {
        throw Malformed(description: "\(path) \(error)")
      }
      guard head.extent != nil else {
        throw Malformed(
          description: "\(path) names no log: it is a checkpoint of another tree, such as the one over events")
      }
      if let key, try !note.isSigned(by: key) || head.origin != key.name {
        throw Unsigned(description: "\(path) is not signed by \(key.name) with that key")
      }
      try witnesses?.check(note)
      return .signed(head)
    }
    guard key == nil, witnesses?.isNeeded != true else {
      throw Unsigned(description: "\(path) is no signed checkpoint, and a key is given")
    }
    do throws(JSONFlaw) {
      return .plain(try checkpoint(try JSONValue(parsing: bytes, maximumDepth: maximumDepth)))
    } catch {
      throw Malformed(description: "\(path) is no checkpoint: \(error.inFile(bytes))")
    }
  }

  private static func checkpoint(_ file: JSONValue) throws(JSONFlaw) -> Checkpoint {
    guard let lastSequence = try file.number("last_seq"), let headHash = try file.string("head_hash") else {
      throw JSONFlaw(
        "a JSON object with log, last_seq and head_hash is due, as `tally info --json` prints it")
    }
    guard let hash = Digest(hexadecimal: headHash) else {
      throw JSONFlaw("its head_hash is not 64 hexadecimal digits")
    }
    return Checkpoint(
      log: try file.string("log"),
      head: ChainHead(
        nextFrame: try file.number("frames") ?? 0, lastSequence: lastSequence, hash: hash,
        epoch: try file.number("epoch") ?? 0),
      stateDigest: try file.string("state_digest")?.lowercased())
  }
}

extension JSONValue {
  /// A field's text; `nil` if it is absent or null.
  fileprivate func string(_ name: String) throws(JSONFlaw) -> String? {
    switch self[name] {
    case nil, .null: return nil
    case .string(let text)?: return text
    case let other?: throw JSONFlaw("its \(name) must be a string, not \(other.kind)")
    }
  }

  /// A field's number; `nil` if it is absent or null.
  fileprivate func number(_ name: String) throws(JSONFlaw) -> UInt64? {
    switch self[name] {
    case nil, .null: return nil
    case .number(let written)?:
      if let number = written.unsigned { return number }
      throw JSONFlaw("its \(name) must be a whole number below 2^64")
    case let other?: throw JSONFlaw("its \(name) must be a number, not \(other.kind)")
    }
  }
}
