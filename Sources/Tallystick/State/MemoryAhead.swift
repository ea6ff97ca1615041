import TallyThreads

/// Memory for a table that will soon grow, made ready beside the thread that will need it.
///
/// The first touch of a huge page waits until the kernel has cleared it, and on a virtual machine until the host has found
/// it: measured here, 5.4 ms each, and a table that doubles touches several. Whoever judged waited for them, and every
/// caller behind. What the memory holds does not depend on who has touched it first, so nothing that is judged does.
///
/// One job at a time, while nobody else wants the processor; usable from any thread. A copy shares it, and whoever takes
/// first has the memory.
final class MemoryAhead<Element: Sendable>: Sendable {
  private enum Stage {
    case none
    case underWay
    case ready([Element], capacity: Int)
  }
  private let stage = Monitor(Stage.none)
  private let start: @Sendable (@escaping @Sendable () -> Void) -> Bool

  /// - Parameter start: runs what it is given on a thread; false: it cannot.
  init(on start: @escaping @Sendable (@escaping @Sendable () -> Void) -> Bool = DedicatedThread.startIdle) {
    self.start = start
  }

  /// Begins to make an array with that capacity on huge pages, unless one is under way or ready.
  ///
  /// - Parameter zero: fill it with this; `nil`: leave it empty.
  func begin(capacity: Int, filledWith zero: Element? = nil) {
    let isFirst = stage.access { stage in
      guard case .none = stage else { return false }
      stage = .underWay
      return true
    }
    guard isFirst else { return }
    let isStarted = start { [stage] in
      var array = [Element]()
      if let zero {
        array = [Element](onHugePages: zero, count: capacity)
      } else {
        array.reserveHugePages(capacity)
        array.touchReserved()
      }
      stage.access { stage in
        stage = .ready(array, capacity: capacity)
        // Before anybody can take it: a second reference would have it copied.
        array = []
      }
    }
    // Then whoever needs the memory touches it.
    if !isStarted { stage.access { $0 = .none } }
  }

  /// What ``begin(capacity:filledWith:)`` has made, if it is ready and of that size. What is still under way is left for
  /// the next: it may have to wait for the processor, and who asks does not.
  func take(capacity: Int) -> [Element]? {
    stage.access { stage in
      guard case .ready(let array, let made) = stage else { return nil }
      stage = .none
      return made == capacity ? array : nil
    }
  }
}
