import TallyFormat
import TallyThreads

/// Reads and decodes on threads of its own, ahead of the fold, and on the fold's thread when that would have to wait.
final class ParallelFeed: FrameFeed {
  private let ahead: ReadAhead
  private let threads: JoinedThreads
  /// The caller's own, for when it helps.
  private let preparer: FramePreparer
  private var turn = ReadAhead.Turn()
  private var nextFrame = 0
  private(set) var end: LogEnd?

  /// - Parameter crew: whose other work a thread does that would have to wait. It has a helper at least.
  init(_ stream: any FrameReader, hasher: NameHasher, crew: AuditCrew) {
    let ahead = ReadAhead(stream, hasher: hasher, crew: crew)
    self.ahead = ahead
    preparer = ahead.makePreparer()
    threads = JoinedThreads(crew.helpers) { ahead.work(ahead.makePreparer()) }
  }

  var names: [LedgerReference] { ahead.preparers.map(\.names) }

  func next() throws(LogError) -> PreparedFrame? {
    while true {
      if nextFrame < turn.frames.count {
        nextFrame += 1
        return turn.frames[nextFrame - 1]
      }
      switch turn.end {
      case .end(let end):
        self.end = end
        return nil
      case .failed(let error): throw error
      case nil: break
      }
      turn = ahead.exchange(turn, preparer)
      nextFrame = 0
    }
  }

  func stop() {
    ahead.stop()
    threads.join()
  }

  deinit { stop() }
}
