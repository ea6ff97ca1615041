import Glibc

/// A mutex and a condition over a value: what threads hand things over with.
///
/// `Synchronization.Mutex` has no condition to wait on.
final class Monitor<Value>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value

  init(_ value: consuming Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` alone.
  func access<R>(_ body: (inout Value) throws -> R) rethrows -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }

  /// Runs `body` alone and wakes whoever waits.
  func signal<R>(_ body: (inout Value) throws -> R) rethrows -> R {
    pthread_mutex_lock(mutex)
    let result: R
    do { result = try body(&value) } catch {
      pthread_mutex_unlock(mutex)
      throw error
    }
    pthread_mutex_unlock(mutex)
    pthread_cond_broadcast(condition)
    return result
  }

  /// Wakes whoever waits.
  func signalAll() { pthread_cond_broadcast(condition) }

  /// Waits until `body` returns something, or until `timeout` milliseconds have passed.
  func wait<R>(timeout: Double? = nil, _ body: (inout Value) -> R?) -> R? {
    var deadline = timespec()
    if let timeout {
      clock_gettime(CLOCK_MONOTONIC, &deadline)
      // A hundred years are as good as for ever.
      let nanoseconds = Int64(deadline.tv_nsec) + Int64(min(timeout, 3e12) * 1e6)
      deadline.tv_sec += Int(nanoseconds / 1_000_000_000)
      deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&value) { return result }
      if timeout != nil {
        if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { return body(&value) }
      } else {
        pthread_cond_wait(condition, mutex)
      }
    }
  }
}

/// A thread of its own for a blocking loop.
enum DedicatedThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts `body` on a new thread.
  ///
  /// - Parameter niceness: 0 to 19, added to the process's: how far others go before it when processors are short.
  /// - Returns: false if the system has no more threads to give.
  static func start(niceness: Int32 = 0, _ body: @escaping @Sendable () -> Void) -> Bool {
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    let box = Unmanaged.passRetained(
      Body {
        // On Linux the niceness is the thread's. Where it cannot be had, the thread is as good as the others.
        let thread = __priority_which_t(PRIO_PROCESS.rawValue)
        if niceness > 0 { setpriority(thread, 0, getpriority(thread, 0) + niceness) }
        body()
      })
    let code = pthread_create(
      &thread, &attributes,
      { raw in
        guard let raw else { return nil }
        Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    if code != 0 { box.release() }
    return code == 0
  }
}
