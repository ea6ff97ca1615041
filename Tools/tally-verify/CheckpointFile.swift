import FoundationEssentials
import TallyAudit
import TallyFormat

/// A checkpoint as `tally info --json` and `tally-verify --json` print it; other fields are ignored.
struct CheckpointFile: Decodable {
  var log: String?
  var lastSequence: UInt64
  var headHash: String
  var frames: UInt64?
  var epoch: UInt64?
  var stateDigest: String?

  private enum CodingKeys: String, CodingKey {
    case log, frames, epoch
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
    guard let hash = Digest(hexadecimal: file.headHash) else {
      throw Malformed(description: "\(path) is no checkpoint: its head_hash is not 64 hexadecimal digits")
    }
    return Checkpoint(
      log: file.log,
      head: ChainHead(
        nextFrame: file.frames ?? 0, lastSequence: file.lastSequence, hash: hash, epoch: file.epoch ?? 0),
      stateDigest: file.stateDigest?.lowercased())
  }
}
