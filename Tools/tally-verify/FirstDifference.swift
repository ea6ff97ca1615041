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

  /// Reads the log's frames up to the difference, without decoding what is in them.
  ///
  /// - Parameters:
  ///   - folder: tiles as `tally tiles` wrote them, of this checkpoint or a later one.
  ///   - head: what was signed.
  /// - Returns: `nil`: there is none before the log is damaged, or among the frames that were signed for.
  /// - Throws: `TreeError` if the tiles cannot be read, ``CheckpointFile/Malformed`` if they are not those of the checkpoint.
  static func find(
    in directory: LogDirectory, tiles folder: String, of head: TreeHead, files: any FileSystem
  ) throws -> Found? {
    let published = try PublishedTree(folder: folder, files: files)
    let isTheirs = try published.head.size >= head.size && published.tiles.root(of: head.size) == head.root
    guard isTheirs else {
      throw CheckpointFile.Malformed(
        description: "the tiles in \(folder) are not of the tree that the checkpoint is of")
    }
    let source = try LocalFrameSource(directory, files: files)
    let frames = try source.frames(from: .beginning, showsUnsynced: false)
    for number in 0..<head.size {
      let item: FrameItem
      do throws(LogError) { item = try frames.next() } catch {
        guard case .damaged = error else { throw error }
        return nil
      }
      guard case .frame(let frame, let position) = item else { return Found(frame: number) }
      guard try MerkleHash.leaf(of: frame.hash) == published.tiles.node(level: 0, index: number) else {
        return Found(frame: number, place: (position, frame.firstSequence))
      }
      frames.recycle(frame)
    }
    return nil
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
