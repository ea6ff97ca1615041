/// Where every reader gets a log's frames from: recovery, followers, queries, confirmations of an index, backups, the
/// auditor. What is behind it (files, a replicated stream, memory) is the store's own affair.
///
/// Usable from any thread. Nothing that it gives is believed: readers check the chain, and each frame its own hash.
public protocol FrameSource: AnyObject, Sendable {
  /// The log's identity, which every frame's hash covers.
  var log: LogID { get }
  /// What was fixed when the log was made.
  var settings: LogSettings { get }
  /// Names the store in messages.
  var name: String { get }

  /// The frames from a place on, in order.
  ///
  /// - Parameters:
  ///   - start: the place.
  ///   - showsUnsynced: true for a writer's recovery, which makes the last frame durable itself. Every other reader is
  ///     shown a frame only when it is known to be on stable storage.
  /// - Throws: ``LogError`` if there is no log, or nothing that can be trusted stands there.
  func frames(from start: FrameStart, showsUnsynced: Bool) throws(LogError) -> any FrameReader

  /// Where the frame begins that holds an event. Goes by what frames say of themselves, unchecked.
  ///
  /// - Throws: ``LogError`` if the log does not hold it.
  func position(ofEvent sequence: UInt64) throws(LogError) -> LogPosition

  /// The parts that the store keeps the frames in, for people.
  func parts() throws(LogError) -> [StorePart]

  /// Blocks the thread until the store may hold more than these frames, at most so long. May return early.
  func waitForMore(than head: ChainHead, atMost timeout: Duration)
}

/// Where to begin to read.
public enum FrameStart: Sendable {
  /// With the log's first frame.
  case beginning
  /// With the frame at a place that a snapshot or an index names, whose predecessor is not known: the frame's own word
  /// for it is taken, and whoever begins so compares the frame with what named it. `sequence`: an event at or just
  /// behind the place, for messages.
  case place(LogPosition, sequence: UInt64)
}

/// One reading of a log, frame by frame. One thread at a time.
public protocol FrameReader: AnyObject {
  /// The chain up to the last frame given; for one that began in the middle and has given none, what leads there is not
  /// known, and only its ``ChainHead/lastSequence`` is meant.
  var head: ChainHead { get }
  /// Where the next frame is expected.
  var position: LogPosition { get }

  /// The next frame, or what stands where it should be. After ``FrameItem/end(_:)`` a further call looks again for what
  /// has come since.
  ///
  /// The frames form one chain of hashes and numbers. An intact chain may still break rules: whether sequence numbers
  /// have gaps (``Rule/sequenceGap``) or epochs go backwards (``Rule/epochBackwards``) is for the caller to judge.
  /// - Throws: ``LogError/damaged(_:sequence:reason:)`` where bytes cannot be trusted; calling again throws again.
  func next() throws(LogError) -> FrameItem

  /// Takes back the memory of a frame that nobody needs any more. Optional: it saves the next frame fresh memory, which
  /// costs more than reading into it.
  func recycle(_ frame: consuming Frame)
}

/// What a reader comes to next.
public enum FrameItem {
  /// The next frame and where it begins.
  case frame(Frame, LogPosition)
  /// The log ends here.
  case end(LogEnd)
}

/// Where the frames of a log end.
public struct LogEnd: Sendable, Equatable {
  /// Where the next frame would begin.
  public var position: LogPosition
  /// Bytes of a frame that was never acknowledged.
  public var tornBytes: Int
  /// The last event of a whole frame that stands here, but could not be synced, so that it must not be shown.
  public var hiddenSequence: UInt64?
  /// Where frames end.
  ///
  /// - Parameters:
  ///   - position: where the next frame would begin.
  ///   - tornBytes: of a frame that was never acknowledged.
  ///   - hiddenSequence: the last event of a whole frame there that must not be shown; `nil`: there is none.
  public init(position: LogPosition, tornBytes: Int, hiddenSequence: UInt64? = nil) {
    self.position = position
    self.tornBytes = tornBytes
    self.hiddenSequence = hiddenSequence
  }
}

/// A part that a store keeps frames in: a segment.
public struct StorePart: Sendable, Equatable {
  /// Without a path.
  public var name: String
  /// The sequence number of the first event that it may hold.
  public var firstSequence: UInt64
  /// The size of the whole part.
  public var bytes: Int
  /// A part, for people.
  ///
  /// - Parameters:
  ///   - name: without a path.
  ///   - firstSequence: of the first event that it may hold.
  ///   - bytes: its whole size.
  public init(name: String, firstSequence: UInt64, bytes: Int) {
    self.name = name
    self.firstSequence = firstSequence
    self.bytes = bytes
  }
}
