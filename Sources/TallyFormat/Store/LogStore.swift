/// A place that keeps one log.
public protocol LogStore: Sendable {
  /// Where what is derived from the log is kept (snapshots, the index of names), whatever keeps the frames.
  var derived: LogDirectory { get }
  /// Of ``derived``.
  var files: any FileSystem { get }

  /// Opens the log for reading. Takes no lock.
  func source() throws(LogError) -> any FrameSource

  /// What has been noted as acknowledged, outside the frames; `nil`: nothing.
  func floor() throws(FloorError) -> Floor?
}

/// A place that keeps one log and lets one writer at a time append to it.
public protocol WritableStore: LogStore {
  /// Claims the log for writing.
  ///
  /// - Parameters:
  ///   - source: the log, as it was opened for reading.
  ///   - wait: how long to wait for another writer to let go of it.
  func claim(_ source: any FrameSource, wait: Duration) throws(ClaimError) -> any FrameSink

  /// Bytes of the largest frame that it takes, known once its ``LogStore/source()`` was opened; `nil`: the format's
  /// limit. The writer closes a frame in time.
  var largestFrame: Int? { get }
}

extension WritableStore {
  /// The format's limit.
  public var largestFrame: Int? { nil }
}

/// Why a log cannot be claimed.
public enum ClaimError: Error, Sendable {
  /// Another writer has it.
  case inUse(path: String, processID: Int32?)
  /// The lock cannot be taken for another reason.
  case file(FileError)
}
