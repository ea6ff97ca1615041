/// Where the one writer puts frames, in order: the only way into a log.
///
/// The writer judges, folds and encodes; the sink fences, writes and syncs. Belongs to one thread at a time.
public protocol FrameSink: AnyObject, Sendable {
  /// Makes the store ready for the frame after those that recovery has read: removes what was never acknowledged, makes
  /// the last frame durable (to have read it proves nothing about the disk), and notes the floor for this writer's epoch,
  /// so that from here on a frame of an earlier writer is recognised as one that was written without the log.
  ///
  /// Called once, before anything is judged.
  func begin(after recovered: RecoveredEnd, epoch: UInt64) throws(SinkError)

  /// Appends a frame after `head`, or throws; returns when it is on stable storage and this writer is still the one.
  ///
  /// After an error the sink is used no more but to be closed.
  func append(_ frame: EncodedFrame, after head: ChainHead) throws(SinkError)

  /// Throws ``SinkError/deposed(_:)`` if another writer has taken the log away.
  func checkClaim() throws(SinkError)

  /// Notes that everything up to `head` has been acknowledged, where the store keeps such a note.
  ///
  /// - Parameters:
  ///   - head: the last frame that has been acknowledged.
  ///   - isDurable: return only when the note is on stable storage.
  func noteFloor(_ head: ChainHead, isDurable: Bool) throws(SinkError)

  /// Lets go of the log. The sink is used no more.
  func close()
}

/// A frame about to be appended.
public struct EncodedFrame: Sendable {
  /// Every byte of it.
  public var bytes: [UInt8]
  /// The chain with this frame at its end.
  public var head: ChainHead
  /// The sequence number of its first event; if it is empty, of the next one to come.
  public var firstSequence: UInt64

  /// A frame that ``FrameEncoder`` or a store has made. Nothing is checked.
  ///
  /// - Parameters:
  ///   - bytes: every byte of it.
  ///   - head: the chain with this frame at its end.
  ///   - firstSequence: the sequence number of its first event.
  public init(bytes: [UInt8], head: ChainHead, firstSequence: UInt64) {
    self.bytes = bytes
    self.head = head
    self.firstSequence = firstSequence
  }
}

/// What recovery found at the end of a log.
public struct RecoveredEnd: Sendable {
  /// The chain up to the last intact frame.
  public var head: ChainHead
  /// The last frame and where it begins; `nil`: there is none.
  public var lastFrame: (frame: Frame, position: LogPosition)?
  /// What stands behind it.
  public var end: LogEnd

  /// What a reader of the whole log, or of what follows a snapshot, has come to.
  ///
  /// - Parameters:
  ///   - head: the chain up to the last intact frame.
  ///   - lastFrame: that frame and where it begins; `nil`: there is none.
  ///   - end: what stands behind it.
  public init(head: ChainHead, lastFrame: (frame: Frame, position: LogPosition)?, end: LogEnd) {
    self.head = head
    self.lastFrame = lastFrame
    self.end = end
  }
}

/// Why a frame was not appended. Whatever the case, nothing may be appended after it: nobody knows what the store holds
/// until it is read again.
public enum SinkError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Another writer has the log.
  case deposed(String)
  /// There is no room left; the frame was withdrawn.
  case full(FileError)
  /// A write or a sync failed.
  case disk(FileError)
  /// The store did not say whether it has the frame.
  case unknownOutcome(String)

  /// ``full(_:)`` if there is no room left, else ``disk(_:)``.
  ///
  /// - Parameter error: of a write or a sync.
  public init(_ error: FileError) { self = error.isOutOfSpace ? .full(error) : .disk(error) }

  public var description: String {
    switch self {
    case .deposed(let reason), .unknownOutcome(let reason): reason
    case .full(let error), .disk(let error): error.description
    }
  }
}
