import TallyFormat
import TallyThreads

/// The threads of an audit, what they share out among them, and the one lock under which they meet.
///
/// The fold's thread and the helpers wait for each other in one place only, ``lock``, because each may have to wait for
/// any of them. Whoever would have to wait does, in this order: a part of the state that the fold stands still for
/// (``states``), the next frames (``ReadAhead``), a part to be hashed, a snapshot to be proven (``snapshots``), and, once
/// all names are known, a list of them to be looked through (``names``).
final class AuditCrew: Sendable {
  /// Guards everything below and the ``ReadAhead``: held for moments. The thread sanitizer sees it;
  /// `Synchronization.Mutex` it does not.
  let lock: Lock
  /// Threads besides the fold's.
  let helpers: Int
  let states: StateHasher
  let snapshots: SnapshotProofs
  let names: NameSearch

  init(_ unproven: [Witnesses.Snapshot], helpers: Int) {
    lock = Lock()
    self.helpers = helpers
    states = StateHasher(isAlone: helpers < 1, lock)
    snapshots = SnapshotProofs(unproven, lock)
    names = NameSearch(lock)
  }

  /// Under the lock, which is given up meanwhile: does one piece that nobody waits for; false if there is none.
  func workAside() -> Bool { states.hashNext() || snapshots.proveNext() }

  /// The log has been folded: hashes its last state, which `pass` hands to ``states``, looks all names through and proves
  /// the snapshots that are left, on all threads; returns when all is done.
  func finish(_ ledgers: [LedgerReference], _ pass: () -> Void) {
    let threads = JoinedThreads(helpers) { self.workUntilDone(ledgers) }
    pass()
    states.close()
    workUntilDone(ledgers)
    threads.join()
  }

  private func workUntilDone(_ ledgers: [LedgerReference]) {
    var search = RepeatSearch()
    lock.lock()
    defer { lock.unlock() }
    while true {
      // What is hashed is hashed in order, the last state, too: nobody should find all of it at the end.
      if states.writeNext() || states.hashNext() || names.searchNext(&search, ledgers) || snapshots.proveNext() {
        continue
      }
      if states.isDone { break }
      lock.wait()
    }
    names.note(search)
  }
}
