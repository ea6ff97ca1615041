import TallyThreads

/// Which fingerprints of names occur more than once: a list of the ledgers at a time, by whichever thread is free.
final class NameSearch: @unchecked Sendable {
  private let lock: Lock
  // Under `lock`.
  private var begun = 0
  private var found = Set<UInt64>()

  init(_ lock: Lock) { self.lock = lock }

  /// Under the lock, which is given up meanwhile: looks one list through; false if none is left to begin.
  ///
  /// - Parameters:
  ///   - search: the calling thread's own, to be handed to ``note(_:)`` in the end.
  ///   - ledgers: with all names of the log.
  func searchNext(_ search: inout RepeatSearch, _ ledgers: [LedgerReference]) -> Bool {
    guard begun < NameLedger.lists else { return false }
    let list = begun
    begun += 1
    lock.unlock()
    search.search(list, of: ledgers)
    lock.lock()
    return true
  }

  /// Under the lock: takes over what a thread's search found.
  func note(_ search: RepeatSearch) { found.formUnion(search.found) }

  /// Fingerprints that occur more than once; once all threads are done.
  var repeated: Set<UInt64> {
    lock.lock()
    defer { lock.unlock() }
    return found
  }
}
