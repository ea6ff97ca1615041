import Synchronization
import TallyThreads

/// The second stage of the writer: makes judged frames durable, one after the other, and gives the answers.
///
/// At most one frame is on its way; only the holder of the writer's turn passes frames in. A frame is written on the
/// thread that passes it in, or on a thread of its own, so that encoding, writing and syncing it overlaps judging the
/// next (never with writing the next: an intact frame proves that the one before it was synced).
final class FramePipeline: @unchecked Sendable {
  /// Milliseconds between rewrites of the floor file under load.
  private static let floorMilliseconds: Int64 = 1_000

  private struct Handed {
    var columns: EventColumns
    var answers: [Answer]
  }
  private struct Stage {
    var work: Handed?
    var isStopped = false
  }

  private let stage = Monitor(Stage())
  private let busy = Atomic<Bool>(false)
  private let failed = Atomic<Bool>(false)
  private let cause = Monitor<LogFailure?>(nil)
  private let queue: RequestQueue
  private let durable: DurableHead
  private let options: LogOptions

  // Belong to whoever commits: the thread while `busy`, else the holder of the turn.
  private var committer: Committer
  private var floorTime: Int64
  private var frameCount = 0
  /// Columns of the frame before, emptied: memory to use again.
  private var spare: EventColumns?

  init(_ committer: Committer, queue: RequestQueue, durable: DurableHead, options: LogOptions) {
    self.committer = committer
    self.queue = queue
    self.durable = durable
    self.options = options
    floorTime = options.clock()
  }

  func start() -> Bool { DedicatedThread.start { [self] in run() } }

  /// Why nothing is written any more; `nil`: all is well. Any thread.
  var failure: LogFailure? {
    @inline(__always) get { failed.load(ordering: .acquiring) ? cause.access { $0 } : nil }
  }
  /// No frame is on its way.
  var isIdle: Bool { !busy.load(ordering: .acquiring) }
  /// What may be looked at and done only while no frame is on its way, by the holder of the turn; `nil`: one is.
  var idle: Idle? { isIdle ? Idle(pipeline: self) : nil }

  /// A pipeline without a frame on its way. Not to be kept: the next frame ends it.
  struct Idle {
    fileprivate let pipeline: FramePipeline
    /// Nothing shows yet that the last frame was acknowledged.
    var needsFloor: Bool { pipeline.committer.needsFloor }
    /// Frames committed since the log was opened.
    var frameCount: Int { pipeline.frameCount }
    /// Shows that the last frame was acknowledged: an empty frame after it, and the floor.
    func writeFloor() { pipeline.writeFloor() }
  }

  var lastSequence: UInt64 { durable.lastSequence }
  /// Bytes of frames written.
  var writtenBytes: Int { written.load(ordering: .relaxed) }
  private let written = Atomic<Int>(0)

  func waitUntilIdle() { _ = stage.wait { _ in self.isIdle ? true : nil } }

  /// After a failed write or sync nobody knows what the disk holds: nothing more is written. Opening again finds out.
  func poison(_ reason: LogFailure) {
    let isFirst = cause.access { cause in
      guard cause == nil else { return false }
      cause = reason
      return true
    }
    failed.store(true, ordering: .releasing)
    if isFirst { options.observer?.failed(reason) }
  }

  /// Makes the frame durable and answers, on this thread. Both come back empty.
  func commitHere(_ columns: inout EventColumns, _ answers: inout [Answer]) {
    commit(&columns)
    deliver(answers)
    answers.removeAll(keepingCapacity: true)
  }

  /// Passes the frame to the thread. Both come back empty.
  func handOver(_ columns: inout EventColumns, _ answers: inout [Answer]) {
    let next = columns.nextSequence
    var handed = Handed(columns: spare ?? EventColumns(firstSequence: next), answers: [])
    spare = nil
    swap(&handed.columns, &columns)
    swap(&handed.answers, &answers)
    columns.reset(firstSequence: next)
    busy.store(true, ordering: .releasing)
    stage.signal { $0.work = handed }
  }

  private func run() {
    while var handed = stage.wait({ stage -> Handed?? in
      if let work = stage.work {
        stage.work = nil
        return .some(work)
      }
      return stage.isStopped ? .some(nil) : nil
    }) ?? nil {
      commit(&handed.columns)
      let answers = handed.answers
      handed.answers = []
      spare = handed.columns
      stage.signal { _ in busy.store(false, ordering: .releasing) }
      // Whoever waits for the frame judges the next while these are answered.
      queue.wake()
      deliver(answers)
    }
  }

  private func deliver(_ answers: [Answer]) {
    let failure = failure
    if let observer = options.observer {
      let counts = AnswerCounts(answers, failure: failure)
      if !counts.isEmpty { observer.commandsAnswered(counts) }
    }
    for answer in answers { answer.deliver(failure: failure) }
  }

  private func commit(_ columns: inout EventColumns) {
    if failure == nil {
      do throws(SinkError) {
        if columns.isEmpty {
          // Refusals, repeats and levels only: what they say is true of a log that is still this writer's.
          try committer.checkClaim()
        } else {
          let start = options.observer == nil ? nil : ContinuousClock.now
          try committer.commit(columns)
          durable.publish(committer.head)
          let bytes = committer.writtenBytes - written.exchange(committer.writtenBytes, ordering: .relaxed)
          frameCount += 1
          if let start {
            options.observer?.frameCommitted(
              CommittedFrame(
                lastSequence: committer.head.lastSequence, events: columns.count, bytes: bytes, duration: .now - start))
          }
        }
      } catch {
        poison(LogFailure(error))
      }
      noteFloor()
    }
    columns.reset(firstSequence: columns.nextSequence)
  }

  private func writeFloor() {
    guard failure == nil, committer.needsFloor || committer.floorIsBehind else { return }
    do throws(SinkError) {
      try committer.writeFloor()
      durable.publish(committer.head)
    } catch {
      poison(LogFailure(error))
    }
  }

  private func noteFloor() {
    guard failure == nil else { return }
    let now = options.clock()
    guard now - floorTime >= FramePipeline.floorMilliseconds || now < floorTime else { return }
    floorTime = now
    do throws(SinkError) { try committer.noteFloor(isDurable: false) } catch {
      // Nothing acknowledged depends on it; it makes a window of damage smaller.
      options.warn("the floor could not be noted: \(error)")
    }
  }

  /// Ends the thread without closing anything.
  func stop() { stage.signal { $0.isStopped = true } }

  /// Waits for the frame on its way, shows that it was acknowledged, and lets go of the log.
  func close() {
    waitUntilIdle()
    writeFloor()
    stop()
    committer.close()
    durable.end()
  }
}
