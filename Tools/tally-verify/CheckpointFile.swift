import FoundationEssentials
import TallyAudit
import TallyFormat

/// What somebody wrote down about a log: the JSON of `tally info` or of this program.
enum CheckpointFile {
  private struct Contents: Decodable {
    var log: String?
    var last_seq: UInt64
    var head_hash: String
    var state_digest: String?
  }
  private static let maximumBytes = 16 << 20

  static func read(_ path: String) throws -> Checkpoint {
    let bytes: [UInt8]
    do throws(FileError) {
      guard let contents = try LocalFileSystem().contents(of: path, maximum: maximumBytes) else {
        throw FileError(operation: "open", path: path, code: 2, reason: "there is no such file")
      }
      bytes = contents
    } catch {
      throw Exit.fail("the checkpoint cannot be read: \(error)", code: error.code == 2 ? 65 : 74)
    }
    guard bytes.count <= maximumBytes, let contents = try? JSONDecoder().decode(Contents.self, from: Data(bytes)) else {
      throw Exit.fail(
        "\(path) is no checkpoint: it should be the output of `tally info --json` (log, last_seq, head_hash)", code: 65)
    }
    // The state after the last event: `tally info` and an audit both print it.
    return Checkpoint(
      log: contents.log, lastSequence: contents.last_seq, headHash: contents.head_hash,
      stateDigest: contents.state_digest)
  }
}
