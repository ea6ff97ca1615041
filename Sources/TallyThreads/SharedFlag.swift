import Synchronization

/// A flag that is set once and stays so. Any thread.
package final class SharedFlag: Sendable {
  private let value = Atomic<Bool>(false)

  package init() {}

  /// Sets it. What this thread wrote before is seen by whoever finds it set.
  ///
  /// - Returns: true for the one caller that set it, false if it was set already.
  @discardableResult
  package func set() -> Bool { !value.exchange(true, ordering: .acquiringAndReleasing) }
  package var isSet: Bool { value.load(ordering: .acquiring) }
}
