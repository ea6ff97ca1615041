import Glibc

/// A mutex of the system's and a condition to wait for under it: what `Lock` and `Monitor` are made of.
///
/// `Synchronization.Mutex` has no condition, and the thread sanitizer does not see it.
@usableFromInline
struct MutexAndCondition: ~Copyable, @unchecked Sendable {
  @usableFromInline let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  @usableFromInline let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  @usableFromInline
  init() {
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // A clock that is set must not end a wait, or prolong it.
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

  @inlinable func lock() { pthread_mutex_lock(mutex) }
  @inlinable func tryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }
  @inlinable func unlock() { pthread_mutex_unlock(mutex) }
  @inlinable func wakeAll() { pthread_cond_broadcast(condition) }
  @inlinable func wait() { pthread_cond_wait(condition, mutex) }

  /// - Returns: false once `deadline`, of the monotonic clock, has passed.
  @inlinable
  func wait(until deadline: timespec) -> Bool {
    var deadline = deadline
    return pthread_cond_timedwait(condition, mutex, &deadline) != ETIMEDOUT
  }

  /// The moment that many milliseconds from now, of the monotonic clock.
  @usableFromInline
  static func deadline(milliseconds: Double) -> timespec {
    var deadline = timespec()
    clock_gettime(CLOCK_MONOTONIC, &deadline)
    // A hundred years are as good as for ever.
    let nanoseconds = Int64(deadline.tv_nsec) + Int64(min(milliseconds, 3e12) * 1e6)
    deadline.tv_sec += Int(nanoseconds / 1_000_000_000)
    deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
    return deadline
  }
}
