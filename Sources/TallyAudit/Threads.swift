import Glibc

/// Threads that all end before they are forgotten.
final class Threads {
  private var handles: [pthread_t] = []
  var isEmpty: Bool { handles.isEmpty }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts up to `count` threads that each run `body` once; fewer, or none, if the system refuses them.
  init(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    for _ in 0..<count {
      var handle = pthread_t()
      let context = Unmanaged.passRetained(Work(body))
      let code = pthread_create(
        &handle, nil,
        { context in
          guard let context else { return nil }
          Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
          return nil
        }, context.toOpaque())
      if code == 0 { handles.append(handle) } else { context.release() }
    }
  }

  /// Waits until all have ended.
  func join() {
    for handle in handles { pthread_join(handle, nil) }
    handles = []
  }

  deinit { join() }
}

/// A mutex and a condition to wait for under it.
final class Lock: @unchecked Sendable {
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
