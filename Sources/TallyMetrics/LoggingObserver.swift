import Logging
import Tallystick

/// Tells swift-log how a log fares: warnings as `warning`, the end of writing as `critical`, snapshots and merges as
/// `info`, frames as `trace`. Never a name, an id or a quantity: those are the log's own.
public struct LoggingObserver: LogObserver {
  private let logger: Logger

  /// - Parameter logger: where to; give it the metadata that tells the log from others.
  public init(_ logger: Logger) { self.logger = logger }

  public func frameCommitted(_ frame: CommittedFrame) {
    logger.trace(
      "frame committed",
      metadata: [
        "last_seq": "\(frame.lastSequence)", "events": "\(frame.events)", "bytes": "\(frame.bytes)",
        "duration": "\(frame.duration)",
      ])
  }

  public func snapshotMade(_ snapshot: MadeSnapshot) {
    logger.info(
      "snapshot made",
      metadata: [
        "seq": "\(snapshot.sequence)", "bytes": "\(snapshot.bytes)", "duration": "\(snapshot.duration)",
      ])
  }

  public func indexMerged(_ merge: MadeMerge) {
    logger.info(
      "index merged",
      metadata: [
        "first_seq": "\(merge.firstSequence)", "last_seq": "\(merge.lastSequence)", "duration": "\(merge.duration)",
      ])
  }

  public func warned(_ message: String) { logger.warning("\(message)") }

  public func failed(_ failure: LogFailure) {
    logger.critical("\(failure)", metadata: ["advice": "\(failure.advice)"])
  }
}
