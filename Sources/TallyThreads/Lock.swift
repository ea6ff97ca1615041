/// A mutex that can be tried, locked and unlocked apart, and waited for under.
///
/// Any thread may call it; the thread that locked it unlocks it. For a value of its own, `Monitor` is safer.
package final class Lock: Sendable {
  private let core = MutexAndCondition()

  package init() {}

  package func lock() { core.lock() }
  /// Locks it if nobody holds it.
  package func tryLock() -> Bool { core.tryLock() }
  package func unlock() { core.unlock() }

  /// Lets go of the lock, which this thread holds, until `wakeAll()` is called; may return without cause.
  package func wait() { core.wait() }
  /// Wakes all who wait.
  package func wakeAll() { core.wakeAll() }
}
