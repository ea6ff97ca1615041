import TallyFormat
import TallyThreads

/// Reads and decodes on threads of its own, ahead of the fold, and on the fold's thread when that would have to wait.
///
/// The threads take turns at the stream, because a chain is read and hashed in order, and decode what they took side by
/// side. Each turn has a ticket; the fold takes the results by ticket, so the order stays the log's. How far they run
/// ahead is bounded, and so is the memory; far enough ahead, they do what else there is to do. What the fold waits for
/// comes first.
final class ParallelFeed: FrameFeed {
  private let shared: SharedFeed
  private let threads: JoinedThreads
  /// The caller's own, for when it helps.
  private let preparer: FramePreparer
  private var chunk = Chunk()
  private var nextFrame = 0
  private(set) var end: LogEnd?

  /// - Parameters:
  ///   - count: threads besides the caller's.
  ///   - side: work for a thread that would have to wait.
  init(_ stream: any FrameReader, hasher: NameHasher, threads count: Int, beside side: SideWork) {
    let shared = SharedFeed(stream, hasher: hasher, window: count * 2 + 2, beside: side)
    self.shared = shared
    preparer = shared.makePreparer()
    threads = JoinedThreads(count) { shared.work(shared.makePreparer()) }
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
      chunk = shared.exchange(chunk, preparer)
      nextFrame = 0
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
  /// That their headers name.
  var events = 0
  var end: FeedEnd?
}

/// What the threads share, under the lock that guards ``SideWork``. `stream` belongs to whoever reads.
private final class SharedFeed: @unchecked Sendable {
  private let stream: any FrameReader
  private let hasher: NameHasher
  private let side: SideWork
  private let lock: Lock
  private let window: Int

  private(set) var preparers: [FramePreparer] = []
  private var idle: [PreparedFrame] = []
  private var idleMemory = 0
  private static let mostIdleMemory = 64 << 20
  private var ready: [Int: Chunk] = [:]
  /// A thread has its turn at the stream.
  private var isReading = false
  /// Events, by the headers, of chunks that the fold has not given back.
  private var events = 0
  /// As few as a frame or two may have, in as little as a hundred bytes: decoded frames of that size take 100 MB each.
  private static let mostEvents = 2 * Limits.maxEventsPerFrame
  /// Turns begun, and chunks that the fold took.
  private var begun = 0
  private var taken = 0
  /// The stream has come to its end.
  private var isFinished = false
  private var isStopped = false

  /// Bytes and frames of one turn: enough that passing it on costs nothing that shows, and little enough that what one
  /// core decodes is still in the shared cache when another folds it.
  private static let turnBytes = 1 << 16
  private static let turnFrames = 256
  /// Lines that the frames of one turn might have, judged by their headers: a hundred bytes may claim as many as a frame
  /// can hold, and a turn of 256 such frames would decode to gigabytes.
  private static let turnLines = 2 * Limits.maxLinesPerFrame

  init(_ stream: any FrameReader, hasher: NameHasher, window: Int, beside side: SideWork) {
    self.stream = stream
    self.hasher = hasher
    self.window = window
    self.side = side
    lock = side.lock
  }

  func makePreparer() -> FramePreparer {
    let preparer = FramePreparer(hasher: hasher)
    lock.lock()
    defer { lock.unlock() }
    preparers.append(preparer)
    return preparer
  }

  /// Reads ahead, and does what else there is to do, until ``stop()``.
  func work(_ preparer: FramePreparer) {
    lock.lock()
    defer { lock.unlock() }
    while !isStopped {
      if side.states.writeNext() || readNext(preparer) || side.work() { continue }
      lock.wait()
    }
  }

  /// Takes back the fold's last chunk, and gives it the next. Better to help than to wait for it.
  func exchange(_ last: Chunk, _ preparer: FramePreparer) -> Chunk {
    lock.lock()
    defer { lock.unlock() }
    giveBack(last.frames)
    events -= last.events
    while true {
      if let chunk = ready.removeValue(forKey: taken) {
        taken += 1
        lock.wakeAll()
        return chunk
      }
      if !readNext(preparer) { lock.wait() }
    }
  }

  /// Keeps frames for the next turns, up to a limit. Large frames are few to a turn; but a log made for it has one among
  /// hundreds of small ones, another one each time, and in the end the memory of each frame would be as large.
  private func giveBack(_ frames: [PreparedFrame]) {
    for frame in frames where idleMemory + frame.memory <= SharedFeed.mostIdleMemory {
      idleMemory += frame.memory
      idle.append(frame)
    }
  }

  private func takeIdle() -> PreparedFrame {
    guard let frame = idle.popLast() else { return PreparedFrame() }
    idleMemory -= frame.memory
    return frame
  }

  func stop() {
    lock.lock()
    isStopped = true
    lock.wakeAll()
    lock.unlock()
  }

  /// Under the lock, which is given up meanwhile: reads some frames and decodes them. False if there are no more, if
  /// enough are ready, or if another thread is reading.
  private func readNext(_ preparer: FramePreparer) -> Bool {
    guard !isReading, !isFinished, begun < taken + window, events < SharedFeed.mostEvents else { return false }
    isReading = true
    let ticket = begun
    begun += 1
    lock.unlock()
    var (raw, end) = read(preparer)
    lock.lock()
    isReading = false
    isFinished = end != nil
    let count = raw.reduce(0) { $0 + $1.frame.count }
    events += count
    lock.wakeAll()
    var frames = (0..<raw.count).map { _ in takeIdle() }
    lock.unlock()
    for (index, frame) in raw.enumerated() {
      do throws(LogError) {
        try preparer.prepare(frame, into: frames[index])
      } catch {
        // Nothing after it counts, not even another error.
        end = .failed(error)
        frames.removeLast(frames.count - index)
        break
      }
    }
    preparer.keepRead(raw)
    lock.lock()
    ready[ticket] = Chunk(frames: frames, events: count, end: end)
    lock.wakeAll()
    return true
  }

  /// One turn at the stream.
  private func read(_ preparer: FramePreparer) -> (frames: [RawFrame], end: FeedEnd?) {
    var frames = [RawFrame]()
    var bytes = 0
    var lines = 0
    for frame in preparer.takeRead() { stream.recycle(frame.frame) }
    while bytes < SharedFeed.turnBytes, lines < SharedFeed.turnLines, frames.count < SharedFeed.turnFrames {
      switch stream.nextRaw() {
      case .success(let frame):
        frames.append(frame)
        bytes += frame.frame.bytes.count
        lines += min(frame.frame.count * Limits.maxLinesPerEvent, Limits.maxLinesPerFrame)
      case .failure(let stop): return (frames, stop.end)
      }
    }
    return (frames, nil)
  }
}
