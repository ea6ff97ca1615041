import Glibc
import TallyFormat

/// Reads and decodes on threads of its own, ahead of the fold.
///
/// The threads take turns at the stream, because a chain is read and hashed in order, and decode what they took side by
/// side. Each turn has a ticket; the fold takes the results by ticket, so the order stays the log's. How far they run
/// ahead is bounded, and so is the memory.
final class ParallelFeed: FrameFeed {
  private let shared: SharedFeed
  private var threads: [pthread_t] = []
  private var frames: [PreparedFrame] = []
  private var stopped: FeedEnd?
  private(set) var end: LogEnd?

  /// - Parameter threads: 1 or more.
  init(_ stream: FrameStream, hasher: NameHasher, threads count: Int) {
    shared = SharedFeed(stream, hasher: hasher, window: count * 2 + 1)
    for _ in 0..<count {
      var thread = pthread_t()
      let context = Unmanaged.passRetained(shared)
      let code = pthread_create(
        &thread, nil,
        { context in
          guard let context else { return nil }
          Unmanaged<SharedFeed>.fromOpaque(context).takeRetainedValue().work()
          return nil
        }, context.toOpaque())
      if code == 0 { threads.append(thread) } else { context.release() }
    }
  }

  func next() throws(LogError) -> PreparedFrame? {
    while true {
      if let frame = frames.popLast() { return frame }
      switch stopped {
      case .end(let end):
        self.end = end
        return nil
      case .failed(let error): throw error
      case nil: break
      }
      // Without a single thread (the system refused them all) the caller does the work itself.
      if threads.isEmpty { shared.takeTurn() }
      let chunk = shared.take()
      frames = chunk.frames.reversed()
      stopped = chunk.end
    }
  }

  func stop() {
    shared.stop()
    for thread in threads { pthread_join(thread, nil) }
    threads = []
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

  private var ready: [Int: Chunk] = [:]
  private var taken = 0
  private var isStopped = false

  /// Bytes and frames of one turn: enough that passing it on costs nothing that shows.
  private static let turnBytes = 1 << 18
  private static let turnFrames = 256
  /// Lines that the frames of one turn might have, judged by their headers: a hundred bytes may claim as many as a frame
  /// can hold, and a turn of 256 such frames would decode to gigabytes.
  private static let turnLines = 2 * Limits.maxLinesPerFrame

  init(_ stream: FrameStream, hasher: NameHasher, window: Int) {
    self.stream = stream
    self.hasher = hasher
    self.window = window
  }

  func work() {
    let preparer = FramePreparer(hasher: hasher)
    while takeTurn(preparer) {}
  }

  func takeTurn() { _ = takeTurn(FramePreparer(hasher: hasher)) }

  /// Reads some frames and decodes them; false if there is nothing left to do.
  private func takeTurn(_ preparer: FramePreparer) -> Bool {
    turn.lock()
    guard !isFinished, waitForRoom(nextTicket) else {
      turn.unlock()
      return false
    }
    let ticket = nextTicket
    nextTicket += 1
    var raw = [RawFrame]()
    var chunk = Chunk()
    var bytes = 0
    var lines = 0
    while bytes < SharedFeed.turnBytes, lines < SharedFeed.turnLines, raw.count < SharedFeed.turnFrames, chunk.end == nil {
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
      do throws(LogError) {
        chunk.frames.append(try preparer.prepare(frame))
      } catch {
        // Nothing after it counts, not even another error.
        chunk.end = .failed(error)
        break
      }
    }
    lock.lock()
    ready[ticket] = chunk
    lock.wakeAll()
    lock.unlock()
    return true
  }

  /// False if the feed was stopped.
  private func waitForRoom(_ ticket: Int) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    while ticket >= taken + window, !isStopped { lock.wait() }
    return !isStopped
  }

  func take() -> Chunk {
    lock.lock()
    defer { lock.unlock() }
    while true {
      if let chunk = ready.removeValue(forKey: taken) {
        taken += 1
        lock.wakeAll()
        return chunk
      }
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

/// A mutex and a condition to wait for under it.
private final class Lock {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }
  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }
  func wait() { pthread_cond_wait(condition, mutex) }
  func wakeAll() { pthread_cond_broadcast(condition) }
}
