import Glibc

/// A thread of its own for a blocking loop.
package enum DedicatedThread {
  /// Starts `body` on a new thread that nobody waits for.
  ///
  /// - Parameter niceness: 0 to 19, added to the process's: how far others go before it when processors are short.
  /// - Returns: false if the system has no more threads to give.
  package static func start(niceness: Int32 = 0, _ body: @escaping @Sendable () -> Void) -> Bool {
    let handle = startJoinable {
      // On Linux the niceness is the thread's. Where it cannot be had, the thread is as good as the others.
      let thread = __priority_which_t(PRIO_PROCESS.rawValue)
      if niceness > 0 { setpriority(thread, 0, getpriority(thread, 0) + niceness) }
      body()
    }
    guard let handle else { return false }
    pthread_detach(handle)
    return true
  }

  /// Starts `body` on a new thread that runs only where nobody else wants to: whoever wakes takes the processor from it.
  ///
  /// Nobody may wait for it, for there may be no such time. (A nice thread keeps the processor for its slice, 3 to 4 ms.)
  /// - Returns: false if the system has no more threads to give.
  package static func startIdle(_ body: @escaping @Sendable () -> Void) -> Bool {
    start(niceness: 19) {
      var none = sched_param()
      // Where it cannot be had, the thread is as nice as can be.
      sched_setscheduler(0, idlePolicy, &none)
      body()
    }
  }

  /// SCHED_IDLE of sched(7), which Swift's Glibc does not show.
  private static let idlePolicy: Int32 = 5

  /// Starts `body` on a new thread that must be joined or detached; `nil` if the system has no more to give.
  static func startJoinable(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    var handle = pthread_t()
    let context = Unmanaged.passRetained(Work(body))
    let code = pthread_create(
      &handle, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      return nil
    }
    return handle
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
