import TallyFormat
import TallyThreads

/// What does not wait for the fold, in pieces that the threads share out: the digests of states, whether each snapshot's
/// bytes match its own, and, once all names are known, whether any was used twice.
final class SideWork: @unchecked Sendable {
  /// Guards what the threads of an audit share, here, in ``states`` and in the feed: held for moments, and waited for by
  /// whoever has nothing to do. One for all, because each may have to wait for any of them.
  let lock = Lock()
  let states: StateHasher
  private let snapshots: [Witnesses.Snapshot]

  struct Findings: Sendable {
    /// Fingerprints that occur more than once.
    var repeated = Set<UInt64>()
    /// What is wrong with a snapshot's bytes, by its sequence number.
    var flaws: [UInt64: MalformedBytes] = [:]
    var failure: FileError?
  }
  // Under `lock`, which the thread sanitizer sees; `Synchronization.Mutex` it does not.
  private var found = Findings()
  private var snapshotsBegun = 0
  private var listsBegun = 0

  /// - Parameter helpers: how many threads share the work with that of the fold.
  init(_ snapshots: [Witnesses.Snapshot], helpers: Int) {
    self.snapshots = snapshots
    states = StateHasher(isAlone: helpers < 1, lock)
  }

  /// Does pieces until none is left; the log has been folded, and its last state comes.
  ///
  /// - Parameter ledgers: with all its names.
  func finish(_ ledgers: [LedgerReference]) {
    var search = RepeatSearch()
    lock.lock()
    defer { lock.unlock() }
    while true {
      // What is hashed is hashed in order, the last state, too: nobody should find all of it at the end.
      if states.writeNext() || states.hashNext() { continue }
      if listsBegun < NameLedger.lists {
        let list = listsBegun
        listsBegun += 1
        lock.unlock()
        search.search(list, of: ledgers)
        lock.lock()
      } else if !proveNext() {
        if states.isDone { break }
        lock.wait()
      }
    }
    found.repeated.formUnion(search.found)
  }

  // MARK: - Under the lock, which is given up meanwhile

  /// Does one piece that nobody waits for; false if there is none.
  func work() -> Bool { states.hashNext() || proveNext() }

  private func proveNext() -> Bool {
    guard snapshotsBegun < snapshots.count else { return false }
    let snapshot = snapshots[snapshotsBegun]
    snapshotsBegun += 1
    guard let file = snapshot.file else { return true }
    lock.unlock()
    let flaw = Result { () throws(FileError) in try snapshot.header.flaw(of: file) }
    lock.lock()
    switch flaw {
    case .success(let flaw?): found.flaws[snapshot.place] = flaw
    case .success(nil): break
    case .failure(let failure): found.failure = failure
    }
    return true
  }

  /// What was found; only when every thread's ``finish(_:)`` has returned.
  var findings: Findings {
    lock.lock()
    defer { lock.unlock() }
    return found
  }
}
