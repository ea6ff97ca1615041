import TallyFormat

/// Reads and decodes on threads of its own, ahead of the fold, and on the fold's thread when that would have to wait.
///
/// The threads take turns at the stream, because a chain is read and hashed in order, and decode what they took side by
/// side. Each turn has a ticket; the fold takes the results by ticket, so the order stays the log's. How far they run
/// ahead is bounded, and so is the memory; far enough ahead, they do what else there is to do.
final class ParallelFeed: FrameFeed {
  private let shared: SharedFeed
  private let threads: Threads
  /// The caller's own, for when it helps.
  private let preparer: FramePreparer
  private var chunk = Chunk()
  private var nextFrame = 0
  private(set) var end: LogEnd?

  /// - Parameters:
  ///   - count: threads besides the caller's.
  ///   - side: work for a thread that would have to wait.
  init(_ stream: FrameStream, hasher: NameHasher, threads count: Int, beside side: SideWork) {
    let shared = SharedFeed(stream, hasher: hasher, window: count * 2 + 2)
    self.shared = shared
    preparer = shared.makePreparer()
    threads = Threads(count) {
      let preparer = shared.makePreparer()
      while shared.takeTurn(preparer, mayWait: false) || side.work() || shared.takeTurn(preparer, mayWait: true) {}
    }
  }

  var names: [LedgerReference] { shared.preparers.map(\.names) }

  func next() throws(LogError) -> PreparedFrame? {
    while true {
      if nextFrame < chunk.frames.count {
        nextFrame += 1
        return chunk.frames[nextFrame - 1]
      }
      switch chunk.end {
      case .end(let end):
        self.end = end
        return nil
      case .failed(let error): throw error
      case nil: break
      }
      shared.giveBack(chunk.frames)
      chunk = takeChunk()
      nextFrame = 0
    }
  }

  private func takeChunk() -> Chunk {
    while true {
      if let chunk = shared.take(mayWait: false) { return chunk }
      // Nothing is ready: better to help than to wait.
      if shared.takeTurn(preparer, mayWait: false) { continue }
      if let chunk = shared.take(mayWait: true) { return chunk }
    }
  }

  func stop() {
    shared.stop()
    threads.join()
  }

  deinit { stop() }
}

/// What one turn at the stream gave: frames, then perhaps the end.
private struct Chunk: Sendable {
  var frames: [PreparedFrame] = []
  var end: FeedEnd?
}

/// What the threads share. `stream` and `nextTicket` belong to whoever holds `turn`; the rest to whoever holds `lock`.
private final class SharedFeed: @unchecked Sendable {
  private let stream: FrameStream
  private let hasher: NameHasher
  private let window: Int
  private let turn = Lock()
  private let lock = Lock()
  private var nextTicket = 0
  private var isFinished = false

  private(set) var preparers: [FramePreparer] = []
  private var idle: [PreparedFrame] = []
  private var ready: [Int: Chunk] = [:]
  /// Turns begun, and chunks that the fold took.
  private var begun = 0
  private var taken = 0
  private var isStopped = false

  /// Bytes and frames of one turn: enough that passing it on costs nothing that shows, and little enough that what one
  /// core decodes is still in the shared cache when another folds it.
  private static let turnBytes = 1 << 16
  private static let turnFrames = 256
  /// Lines that the frames of one turn might have, judged by their headers: a hundred bytes may claim as many as a frame
  /// can hold, and a turn of 256 such frames would decode to gigabytes.
  private static let turnLines = 2 * Limits.maxLinesPerFrame

  init(_ stream: FrameStream, hasher: NameHasher, window: Int) {
    self.stream = stream
    self.hasher = hasher
    self.window = window
  }

  func makePreparer() -> FramePreparer {
    let preparer = FramePreparer(hasher: hasher)
    lock.lock()
    defer { lock.unlock() }
    preparers.append(preparer)
    return preparer
  }

  /// Reads some frames and decodes them; false if there is nothing to do: no more, or (if it may not wait) not now.
  func takeTurn(_ preparer: FramePreparer, mayWait: Bool) -> Bool {
    if mayWait { turn.lock() } else if !turn.tryLock() { return false }
    guard !isFinished, hasRoom(nextTicket, mayWait: mayWait) else {
      turn.unlock()
      return false
    }
    let ticket = nextTicket
    nextTicket += 1
    var raw = [RawFrame]()
    var chunk = Chunk()
    var bytes = 0
    var lines = 0
    for frame in preparer.takeRead() { stream.recycle(frame.frame) }
    while bytes < SharedFeed.turnBytes, lines < SharedFeed.turnLines, raw.count < SharedFeed.turnFrames,
      chunk.end == nil
    {
      switch stream.nextRaw() {
      case .success(let frame):
        raw.append(frame)
        bytes += frame.frame.bytes.count
        lines += min(frame.frame.count * Limits.maxLinesPerEvent, Limits.maxLinesPerFrame)
      case .failure(let stop):
        chunk.end = stop.end
        isFinished = true
      }
    }
    turn.unlock()
    for frame in raw {
      let prepared = takeIdle()
      do throws(LogError) {
        try preparer.prepare(frame, into: prepared)
        chunk.frames.append(prepared)
      } catch {
        // Nothing after it counts, not even another error.
        chunk.end = .failed(error)
        break
      }
    }
    preparer.keepRead(raw)
    lock.lock()
    ready[ticket] = chunk
    lock.wakeAll()
    lock.unlock()
    return true
  }

  /// False if the feed was stopped, or if it is far enough ahead and this thread may not wait.
  private func hasRoom(_ ticket: Int, mayWait: Bool) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    while ticket >= taken + window, !isStopped, mayWait { lock.wait() }
    guard ticket < taken + window, !isStopped else { return false }
    begun = ticket + 1
    return true
  }

  private func takeIdle() -> PreparedFrame {
    lock.lock()
    defer { lock.unlock() }
    return idle.popLast() ?? PreparedFrame()
  }

  func giveBack(_ frames: [PreparedFrame]) {
    lock.lock()
    idle.append(contentsOf: frames)
    lock.unlock()
  }

  /// The next chunk; `nil` if it is not ready, or if waiting for it would be in vain because nobody has begun it.
  func take(mayWait: Bool) -> Chunk? {
    lock.lock()
    defer { lock.unlock() }
    while true {
      if let chunk = ready.removeValue(forKey: taken) {
        taken += 1
        lock.wakeAll()
        return chunk
      }
      guard mayWait, begun > taken else { return nil }
      lock.wait()
    }
  }

  func stop() {
    lock.lock()
    isStopped = true
    lock.wakeAll()
    lock.unlock()
  }
}
