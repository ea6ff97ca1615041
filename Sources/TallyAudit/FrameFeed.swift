import TallyFormat

/// Where the fold gets its frames from, in order.
protocol FrameFeed: AnyObject {
  /// The next frame, valid until the next call; `nil` at the log's end, which ``end`` then describes.
  func next() throws(LogError) -> PreparedFrame?
  var end: LogEnd? { get }
  /// Ends what runs ahead. No further frame may be asked for.
  func stop()
  /// After ``stop()``: the names of all frames that came, and perhaps of some that did not.
  var names: [LedgerReference] { get }
}

/// Reads and decodes on the caller's thread.
final class SerialFeed: FrameFeed {
  private let stream: any FrameReader
  private let preparer: FramePreparer
  private let frame = PreparedFrame()
  private(set) var end: LogEnd?
  var names: [LedgerReference] { [preparer.names] }

  /// - Parameter keepsNames: they are wanted at the end.
  init(_ stream: any FrameReader, hasher: NameHasher, keepsNames: Bool = true) {
    self.stream = stream
    preparer = FramePreparer(hasher: hasher, keepsNames: keepsNames)
  }

  func next() throws(LogError) -> PreparedFrame? {
    switch stream.nextRaw() {
    case .success(let raw):
      try preparer.prepare(raw, into: frame)
      stream.recycle(raw.frame)
      return frame
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
