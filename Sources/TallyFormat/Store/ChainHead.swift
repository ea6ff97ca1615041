/// Where a chain of frames ends: the last frame, as everything else names it.
///
/// The writer appends after one, recovery ends at one, floors, snapshots and segment headers carry one, and an audit
/// answers with one. With the log's id it says everything about what came before: the hash covers it.
public struct ChainHead: Hashable, Sendable, CustomStringConvertible {
  /// The number of the frame that comes next: how many frames there are, because they are numbered from 0 without gaps.
  public var nextFrame: UInt64
  /// The last event's; 0: no event yet.
  public var lastSequence: UInt64
  /// Of the last frame; zeros: no frame yet.
  public var hash: Digest
  /// Of the writer of the last frame; 0: no frame yet.
  public var epoch: UInt64

  /// A head as it is written down somewhere. Nothing is checked.
  ///
  /// - Parameters:
  ///   - nextFrame: the number of the frame that comes next; 0: there is none yet.
  ///   - lastSequence: the last event's; 0: none.
  ///   - hash: of the last frame.
  ///   - epoch: of the last frame's writer.
  public init(nextFrame: UInt64, lastSequence: UInt64, hash: Digest, epoch: UInt64) {
    self.nextFrame = nextFrame
    self.lastSequence = lastSequence
    self.hash = hash
    self.epoch = epoch
  }

  /// Of a log without frames.
  public static let empty = ChainHead(nextFrame: 0, lastSequence: 0, hash: .zero, epoch: 0)

  /// The sequence number of the event that comes next.
  public var nextSequence: UInt64 { lastSequence + 1 }
  /// The number of the last frame; `nil`: there is none.
  public var lastFrame: UInt64? { nextFrame == 0 ? nil : nextFrame - 1 }

  public var description: String {
    lastFrame.map { "frame \($0), event \(lastSequence), \(hash)" } ?? "no frame"
  }
}

/// How a head stands in floors, snapshots and segment headers: u64 sequence number, u64 number of the next frame, 32 bytes
/// hash, u64 epoch.
extension ByteWriter {
  /// - Parameter sequence: what stands for the head's sequence number where it is not the last event's.
  package mutating func head(_ head: ChainHead, sequence: UInt64? = nil) {
    u64(sequence ?? head.lastSequence)
    u64(head.nextFrame)
    raw(head.hash.bytes)
    u64(head.epoch)
  }
}

extension ByteReader {
  /// Nothing of it is checked but that it is there.
  package mutating func head() throws(MalformedBytes) -> ChainHead {
    let lastSequence = try u64()
    let nextFrame = try u64()
    let hash = Digest(trusted: Array(try take(32)))
    return ChainHead(nextFrame: nextFrame, lastSequence: lastSequence, hash: hash, epoch: try u64())
  }
}
