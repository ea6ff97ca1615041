import FoundationEssentials
import TallyAudit
import TallyFormat

/// A checkpoint as `tally info --json` and `tally-verify --json` print it; other fields are ignored.
struct CheckpointFile: Decodable {
  var log: String?
  var lastSequence: UInt64
  var headHash: String
  var stateDigest: String?

  private enum CodingKeys: String, CodingKey {
    case log
    case lastSequence = "last_seq"
    case headHash = "head_hash"
    case stateDigest = "state_digest"
  }

  struct Malformed: Error, CustomStringConvertible {
    var description: String
  }

  private static let largest = 1 << 24

  /// - Throws: ``Malformed`` or `FileError`.
  static func read(_ path: String, files: any FileSystem) throws -> Checkpoint {
    guard let bytes = try files.contents(of: path, maximum: largest) else {
      throw FileError(operation: "open the checkpoint", path: path, code: 2, reason: "there is no such file")
    }
    let file: CheckpointFile
    do {
      file = try JSONDecoder().decode(CheckpointFile.self, from: Data(bytes))
    } catch {
      throw Malformed(
        description: "\(path) is no checkpoint: a JSON object with log, last_seq and head_hash is due, as "
          + "`tally info --json` prints it")
    }
    let hash = file.headHash.lowercased()
    guard hash.utf8.count == 64, hash.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
      throw Malformed(description: "\(path) is no checkpoint: its head_hash is not 64 hexadecimal digits")
    }
    return Checkpoint(
      log: file.log, lastSequence: file.lastSequence, headHash: hash, stateDigest: file.stateDigest?.lowercased())
  }
}
