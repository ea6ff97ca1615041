import Synchronization

/// A sequence number that one thread moves on and any thread reads.
package final class SharedSequence: Sendable {
  private let value: Atomic<UInt64>

  package init(_ value: UInt64) { self.value = Atomic(value) }

  /// Moves it on. What this thread wrote before is seen by whoever reads the new number.
  package func store(_ sequence: UInt64) { value.store(sequence, ordering: .releasing) }
  package func load() -> UInt64 { value.load(ordering: .acquiring) }
}
