import TallyAudit
import TallyFormat
import TallyProof

/// Where a log begins to differ from what was signed of it, by the tiles that somebody has of the tree as it was.
enum FirstDifference {
  /// The first frame that is not the one that was signed for.
  struct Found {
    /// From 0.
    var frame: UInt64
    /// Where it stands in the log, and the first event that it may hold; `nil`: the log ends before it.
    var place: (position: LogPosition, sequence: UInt64)?
  }

  /// Compares the tree over the log's frames with the tiles, from the top down: the log is read once, and beside it 256 frames
  /// and two tiles of each level.
  ///
  /// - Parameters:
  ///   - folder: tiles as `tally tiles` wrote them, of this checkpoint or a later one.
  ///   - head: what was signed.
  /// - Returns: `nil`: there is none before the log is damaged, or among the frames that were signed for.
  /// - Throws: `TreeError` if log or tiles cannot be read, ``CheckpointFile/Malformed`` if tiles are missing, were altered, or
  ///   are not those of the checkpoint.
  static func find(
    in directory: LogDirectory, tiles folder: String, of head: TreeHead, files: any FileSystem
  ) throws -> Found? {
    do {
      let published = try PublishedTree(folder: folder, files: files)
      let isTheirs = try published.head.size >= head.size && published.tiles.root(of: head.size) == head.root
      guard isTheirs else {
        throw CheckpointFile.Malformed(
          description: "the tiles in \(folder) are not of the tree that the checkpoint is of, or were altered")
      }
      let log = try LogTree(try LocalFrameSource(directory, files: files), upTo: head.size)
      if let frame = try published.tiles.firstDifference(from: log, in: log.size) {
        return Found(frame: frame, place: try log.place(of: frame))
      }
      return log.size == head.size || log.isDamaged ? nil : Found(frame: log.size)
    } catch TreeError.damaged(_, let reason) {
      throw CheckpointFile.Malformed(
        description: "the tiles in \(folder) do not lead to the first frame that differs: \(reason); take another copy")
    }
  }
}

extension FirstDifference.Found {
  /// Behind what contradicts.
  var text: String {
    guard let place else { return "the first frame that is missing is number \(frame)" }
    return
      "the first frame that differs is number \(frame), which begins with event \(place.sequence), at \(place.position)"
  }
}
