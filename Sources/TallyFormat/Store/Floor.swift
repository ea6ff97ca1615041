/// What is known to have been acknowledged, noted outside the frames: a log that ends before it was cut.
public struct Floor: Sendable, Equatable {
  /// Of which log it was noted.
  public var log: LogID
  /// The last frame that was acknowledged when this was noted.
  public var head: ChainHead
  /// Of the writer that noted it, which may not have written a frame yet: a frame behind the head with a lower epoch was
  /// written by one that had lost the log.
  public var epoch: UInt64

  /// A floor as it is written down.
  ///
  /// - Parameters:
  ///   - log: of which log.
  ///   - head: the last frame that was acknowledged.
  ///   - epoch: of the writer that notes it.
  public init(log: LogID, head: ChainHead, epoch: UInt64) {
    self.log = log
    self.head = head
    self.epoch = epoch
  }
}

/// Why a floor cannot be told.
public enum FloorError: Error, Sendable {
  /// What stands there is none.
  case malformed(MalformedBytes)
  /// It cannot be read.
  case file(FileError)
}
