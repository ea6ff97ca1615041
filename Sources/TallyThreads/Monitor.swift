/// A mutex and a condition over a value: what threads hand things over with.
///
/// Any thread may call it; no body may call it again.
package final class Monitor<Value>: @unchecked Sendable {
  @usableFromInline let core = MutexAndCondition()
  @usableFromInline var value: Value

  @inlinable
  package init(_ value: consuming Value) { self.value = value }

  /// Runs `body` alone.
  @inlinable
  package func access<R>(_ body: (inout Value) throws -> R) rethrows -> R {
    core.lock()
    defer { core.unlock() }
    return try body(&value)
  }

  /// Runs `body` alone and wakes whoever waits, unless it throws.
  @inlinable
  package func signal<R>(_ body: (inout Value) throws -> R) rethrows -> R {
    let result = try access(body)
    core.wakeAll()
    return result
  }

  /// Wakes whoever waits.
  @inlinable
  package func signalAll() { core.wakeAll() }

  /// Waits until `body` returns something, or until `timeout` milliseconds have passed.
  @inlinable
  package func wait<R>(timeout: Double? = nil, _ body: (inout Value) -> R?) -> R? {
    let deadline = timeout.map { MutexAndCondition.deadline(milliseconds: $0) }
    core.lock()
    defer { core.unlock() }
    while true {
      if let result = body(&value) { return result }
      guard let deadline else {
        core.wait()
        continue
      }
      if !core.wait(until: deadline) { return body(&value) }
    }
  }
}
