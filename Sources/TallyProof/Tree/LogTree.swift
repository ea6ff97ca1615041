import TallyFormat

/// The tree over a log's frames as the log has them now, whatever its folder `tree` says: for whoever compares the log with
/// tiles that others have.
///
/// Reads every byte of the log once, without decoding what is in the frames, and keeps 60 bytes for 256 of them; their own
/// hashes are read again when one of them is asked for. One thread at a time.
public final class LogTree {
  /// Leaves: frames.
  public private(set) var size: UInt64 = 0
  /// What stands behind the last leaf cannot be trusted.
  public private(set) var isDamaged = false
  private let source: any FrameSource
  /// Where each 256 frames begin, and the first event that they may hold.
  private var starts: [(position: LogPosition, sequence: UInt64)] = []
  /// The hash over each 256 frames, all of which there are.
  private var wholes: [Digest] = []
  /// The leaves behind them.
  private var rest: [Digest] = []
  /// What was read again last.
  private var block: (number: Int, frames: [Leaf])?

  private struct Leaf {
    var hash: Digest
    var position: LogPosition
    var sequence: UInt64
  }

  /// Reads the log up to its end, or to where it is damaged.
  ///
  /// - Parameters:
  ///   - source: the log.
  ///   - limit: frames that are read at most.
  /// - Throws: ``TreeError/log(_:)`` if it cannot be read.
  public init(_ source: any FrameSource, upTo limit: UInt64) throws(TreeError) {
    self.source = source
    let frames = try LogTree.reading { () throws(LogError) in
      try source.frames(from: .beginning, showsUnsynced: false)
    }
    while size < limit {
      guard let leaf = try LogTree.next(frames, &isDamaged) else { return }
      if rest.isEmpty { starts.append((leaf.position, leaf.sequence)) }
      rest.append(leaf.hash)
      size += 1
      guard rest.count == TilePath.width else { continue }
      wholes.append(MerkleHash.perfect(rest[...]))
      rest.removeAll(keepingCapacity: true)
    }
  }

  /// Where a frame stands, and the first event that it may hold.
  ///
  /// - Parameter frame: below ``size``.
  public func place(of frame: UInt64) throws(TreeError) -> (position: LogPosition, sequence: UInt64) {
    let leaf = try read(Int(frame) / TilePath.width)[Int(frame) % TilePath.width]
    return (leaf.position, leaf.sequence)
  }

  /// `nil` where the log ends, or is damaged.
  private static func next(_ frames: any FrameReader, _ isDamaged: inout Bool) throws(TreeError) -> Leaf? {
    let item: FrameItem
    do throws(LogError) { item = try frames.next() } catch {
      guard case .damaged = error else { throw .log(error) }
      isDamaged = true
      return nil
    }
    guard case .frame(let frame, let position) = item else { return nil }
    let leaf = Leaf(hash: MerkleHash.leaf(of: frame.hash), position: position, sequence: frame.firstSequence)
    frames.recycle(frame)
    return leaf
  }

  /// The leaves of 256 frames, or of those behind the last 256.
  private func read(_ number: Int) throws(TreeError) -> [Leaf] {
    if let block, block.number == number { return block.frames }
    let start = starts[number]
    let frames = try LogTree.reading { () throws(LogError) in
      try source.frames(from: .place(start.position, sequence: start.sequence), showsUnsynced: false)
    }
    var leaves = [Leaf]()
    let count = number < wholes.count ? TilePath.width : rest.count
    while leaves.count < count, let leaf = try LogTree.next(frames, &isDamaged) { leaves.append(leaf) }
    let hashes = leaves.map(\.hash)
    guard number < wholes.count ? MerkleHash.perfect(hashes[...]) == wholes[number] : hashes == rest else {
      throw .contradicts(path: source.name, reason: "frames behind \(start.position) changed while they were read")
    }
    block = (number, leaves)
    return leaves
  }

  private static func reading<T>(_ body: () throws(LogError) -> T) throws(TreeError) -> T {
    do throws(LogError) { return try body() } catch { throw .log(error) }
  }
}

extension LogTree: MerkleNodes {
  /// Of less than 256 frames: they are read again, unless they were before.
  public func node(level: Int, index: UInt64) throws(TreeError) -> Digest {
    let (first, count) = (Int(index) << level, 1 << level)
    if level >= TilePath.height {
      return MerkleHash.perfect(wholes[(first / TilePath.width)..<((first + count) / TilePath.width)])
    }
    let (block, start) = (first / TilePath.width, first % TilePath.width)
    if block == wholes.count { return MerkleHash.perfect(rest[start..<(start + count)]) }
    return MerkleHash.perfect(try read(block)[start..<(start + count)].map(\.hash)[...])
  }
}
