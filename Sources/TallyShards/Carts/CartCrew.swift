import TallyThreads
import Tallystick

/// Threads for what takes several steps: carts over shards, and commands whose names must be asked for first.
///
/// Work on one name is done in the order in which it came, and one at a time. Work that is alone runs when all before it
/// has ended, and before all behind it: a question that must see every cart whole.
final class CartCrew: Sendable {
  /// Each waits for syncs most of the time; what they hand to a shard together shares one.
  private static let mostThreads = 16
  private static let mostQueued = 10_000
  /// Looked through for something that can begin.
  private static let horizon = 256

  private struct Work: Sendable {
    var names: [Name]
    var isAlone: Bool
    var run: @Sendable () -> Void
  }

  private struct Contents {
    var queue: [Work] = []
    var busyNames: Set<Name> = []
    var running = 0
    var isAloneRunning = false
    var threads = 0
    var isClosed = false
  }

  private let monitor = Monitor(Contents())
  private let runsInline: Bool

  /// - Parameter runsInline: everything is done on the caller's thread.
  init(runsInline: Bool) { self.runsInline = runsInline }

  /// - Parameters:
  ///   - names: no two pieces of work on one of them run at a time.
  ///   - alone: nothing else runs beside it.
  /// - Returns: false if there is too much to do, or it has been closed.
  func add(_ names: [Name], alone: Bool = false, _ run: @escaping @Sendable () -> Void) -> Bool {
    if runsInline {
      run()
      return true
    }
    let needsThread: Bool? = monitor.signal { contents in
      guard !contents.isClosed, contents.queue.count < CartCrew.mostQueued else { return nil }
      contents.queue.append(Work(names: names, isAlone: alone, run: run))
      guard contents.threads < CartCrew.mostThreads, contents.threads <= contents.running else { return false }
      contents.threads += 1
      return true
    }
    guard let needsThread else { return false }
    if needsThread, !DedicatedThread.start({ [self] in work() }) {
      let isAlone = monitor.access { contents in
        contents.threads -= 1
        return contents.threads == 0
      }
      // The system has no thread left: on the caller's, rather than never.
      if isAlone { work(once: true) }
    }
    return true
  }

  private func work(once: Bool = false) {
    while true {
      let found: Work? =
        monitor.wait { contents in
          if let work = CartCrew.take(&contents) { return .some(work) }
          return contents.isClosed && contents.queue.isEmpty || once ? .some(nil) : nil
        } ?? nil
      guard let found else { break }
      found.run()
      monitor.signal { contents in
        contents.busyNames.subtract(found.names)
        contents.running -= 1
        if found.isAlone { contents.isAloneRunning = false }
      }
    }
    if !once { monitor.signal { $0.threads -= 1 } }
  }

  /// The first that may begin.
  private static func take(_ contents: inout Contents) -> Work? {
    if contents.isAloneRunning { return nil }
    var blocked = contents.busyNames
    for index in 0..<min(contents.queue.count, horizon) {
      let work = contents.queue[index]
      if work.isAlone {
        guard index == 0, contents.running == 0 else { return nil }
        contents.isAloneRunning = true
      } else if !blocked.isDisjoint(with: work.names) {
        blocked.formUnion(work.names)
        continue
      }
      contents.queue.remove(at: index)
      contents.busyNames.formUnion(work.names)
      contents.running += 1
      return work
    }
    return nil
  }

  /// Nothing more is taken.
  var isClosed: Bool { monitor.access { $0.isClosed } }

  /// What is answered for work that was not taken.
  var refusal: Outcome { isClosed ? .failed(.closed) : .busy(.ofCarts) }

  /// Does what has come, and takes nothing more.
  func close() {
    monitor.signal { $0.isClosed = true }
    _ = monitor.wait { $0.queue.isEmpty && $0.running == 0 && $0.threads == 0 ? true : nil }
  }
}
