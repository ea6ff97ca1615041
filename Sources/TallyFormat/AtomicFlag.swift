import Synchronization

/// A flag that is up once and can be taken down by one caller only.
final class AtomicFlag: Sendable {
  private let value = Atomic(true)

  /// True for the one caller that took it down.
  func clear() -> Bool { value.exchange(false, ordering: .acquiringAndReleasing) }
}
