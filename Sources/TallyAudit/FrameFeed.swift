import TallyFormat

/// Where the fold gets its frames from, in order.
protocol FrameFeed: AnyObject {
  /// The next frame; `nil` at the log's end, which ``end`` then describes.
  func next() throws(LogError) -> PreparedFrame?
  var end: LogEnd? { get }
  /// Ends what runs ahead. No call may follow.
  func stop()
}

/// Reads and decodes on the caller's thread.
final class SerialFeed: FrameFeed {
  private let stream: FrameStream
  private let preparer: FramePreparer
  private(set) var end: LogEnd?

  init(_ stream: FrameStream, hasher: NameHasher) {
    self.stream = stream
    preparer = FramePreparer(hasher: hasher)
  }

  func next() throws(LogError) -> PreparedFrame? {
    switch stream.nextRaw() {
    case .success(let raw): return try preparer.prepare(raw)
    case .failure(let stop):
      switch stop.end {
      case .end(let end):
        self.end = end
        return nil
      case .failed(let error): throw error
      }
    }
  }

  func stop() {}
}
