import Synchronization

/// Looks through all lists of the ledgers for names used twice, on several threads at once.
final class NameSearch: Sendable {
  private let ledgers: [LedgerReference]
  private let nextList = Atomic<Int>(0)
  private let found = Mutex<Set<UInt64>>([])

  init(_ ledgers: [LedgerReference]) { self.ledgers = ledgers }

  /// Searches lists until none is left.
  func work() {
    var search = RepeatSearch()
    while true {
      let list = nextList.wrappingAdd(1, ordering: .relaxed).oldValue
      guard list < NameLedger.lists else { break }
      search.search(list, of: ledgers)
    }
    found.withLock { $0.formUnion(search.found) }
  }

  /// The fingerprints that occur more than once; only when every thread's ``work()`` has returned.
  var repeated: Set<UInt64> { found.withLock { $0 } }
}
