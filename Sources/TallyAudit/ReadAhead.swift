import TallyFormat
import TallyThreads

/// Frames read and decoded ahead of the fold.
///
/// The threads take turns at the stream, because a chain is read and hashed in order, and decode what they took side by
/// side. Each turn has a ticket; the fold takes the results by ticket, so the order stays the log's. How far they run
/// ahead is bounded, and so is the memory, whichever thread is how fast; far enough ahead, they do what else there is to
/// do. What the fold waits for comes first.
///
/// Everything here is under the lock of the ``AuditCrew``, but for `stream`, which belongs to whoever reads.
final class ReadAhead: @unchecked Sendable {
  /// What one turn at the stream gave: frames, then perhaps the end.
  struct Turn: Sendable {
    var frames: [PreparedFrame] = []
    /// That their headers name.
    var events = 0
    /// Bytes of memory that the frames have.
    var memory = 0
    var end: FeedEnd?
  }

  private let stream: any FrameReader
  private let hasher: NameHasher
  private let crew: AuditCrew
  private var lock: Lock { crew.lock }
  /// Turns that may have begun and not been taken by the fold.
  private let window: Int

  private(set) var preparers: [FramePreparer] = []
  private var pool = FramePool(mostBytes: 64 << 20)
  private var ready: [Int: Turn] = [:]
  /// A thread has its turn at the stream.
  private var isReading = false
  /// A frame that was read, and was too large for the turn that read it.
  private var leftOver: RawFrame?
  /// Events, by the headers, of turns that the fold has not given back; never more than `mostEvents`.
  private var events = 0
  /// As few as a frame or two may have, in as little as a hundred bytes: decoded frames of that size take 100 MB each.
  private static let mostEvents = 2 * Limits.maxEventsPerFrame
  /// Bytes of memory of decoded turns that the fold has not given back. From `mostMemory` on no further turn begins.
  private var memory = 0
  private static let mostMemory = 128 << 20
  /// Turns begun, and turns that the fold took.
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

  init(_ stream: any FrameReader, hasher: NameHasher, crew: AuditCrew) {
    self.stream = stream
    self.hasher = hasher
    self.crew = crew
    window = crew.helpers * 2 + 2
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
      if crew.states.writeNext() || readNext(preparer) || crew.workAside() { continue }
      lock.wait()
    }
  }

  /// Takes back the fold's last turn, and gives it the next. Better to help than to wait for it.
  func exchange(_ last: Turn, _ preparer: FramePreparer) -> Turn {
    lock.lock()
    defer { lock.unlock() }
    for frame in last.frames { pool.giveBack(frame) }
    events -= last.events
    memory -= last.memory
    while true {
      if let turn = ready.removeValue(forKey: taken) {
        taken += 1
        lock.wakeAll()
        return turn
      }
      if !readNext(preparer) { lock.wait() }
    }
  }

  func stop() {
    lock.lock()
    isStopped = true
    lock.wakeAll()
    lock.unlock()
  }

  // MARK: - Under the lock, which is given up meanwhile

  /// Reads some frames and decodes them. False if there are no more, if enough are ready, or if another thread is reading.
  private func readNext(_ preparer: FramePreparer) -> Bool {
    guard !isReading, !isFinished, begun < taken + window, memory < Self.mostMemory,
      events + (leftOver?.frame.count ?? 1) <= Self.mostEvents
    else { return false }
    isReading = true
    let ticket = begun
    begun += 1
    // Only the thread that reads adds to the events, so that there may be more room when it is done, and never less.
    let room = Self.mostEvents - events
    lock.unlock()
    let (raw, end) = read(preparer, events: room)
    lock.lock()
    isReading = false
    isFinished = end != nil
    let count = raw.reduce(0) { $0 + $1.frame.count }
    events += count
    lock.wakeAll()
    let frames = raw.map { _ in pool.take() }
    lock.unlock()
    var turn = Turn(frames: frames, events: count, end: end)
    decode(raw, into: &turn, preparer)
    lock.lock()
    ready[ticket] = turn
    memory += turn.memory
    lock.wakeAll()
    return true
  }

  // MARK: - Without the lock

  /// One turn at the stream.
  private func read(_ preparer: FramePreparer, events room: Int) -> (frames: [RawFrame], end: FeedEnd?) {
    var frames = [RawFrame]()
    var (bytes, lines, events) = (0, 0, 0)
    for frame in preparer.takeRead() { stream.recycle(frame.frame) }
    while bytes < Self.turnBytes, lines < Self.turnLines, frames.count < Self.turnFrames {
      let frame: RawFrame
      if let before = leftOver {
        frame = before
        leftOver = nil
      } else {
        switch stream.nextRaw() {
        case .success(let next): frame = next
        case .failure(let stop): return (frames, stop.end)
        }
      }
      guard events + frame.frame.count <= room else {
        leftOver = frame
        break
      }
      frames.append(frame)
      events += frame.frame.count
      bytes += frame.frame.bytes.count
      lines += frame.mostLines
    }
    return (frames, nil)
  }

  private func decode(_ raw: [RawFrame], into turn: inout Turn, _ preparer: FramePreparer) {
    for (index, frame) in raw.enumerated() {
      do throws(LogError) {
        try preparer.prepare(frame, into: turn.frames[index])
        turn.memory += turn.frames[index].memory
      } catch {
        // Nothing after it counts, not even another error.
        turn.end = .failed(error)
        turn.frames.removeLast(turn.frames.count - index)
        break
      }
    }
    preparer.keepRead(raw)
  }
}
