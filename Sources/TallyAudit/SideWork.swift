import TallyFormat

/// What does not wait for the fold, in pieces that the threads share out: the digests of states, whether each snapshot's
/// bytes match its own, and, once all names are known, whether any was used twice.
final class SideWork: @unchecked Sendable {
  let states: StateHasher
  private let snapshots: [Witnesses.Snapshot]

  struct Findings: Sendable {
    /// Fingerprints that occur more than once.
    var repeated = Set<UInt64>()
    /// What is wrong with a snapshot's bytes, by its sequence number.
    var flaws: [UInt64: MalformedBytes] = [:]
    var failure: FileError?
  }
  // Under ``lock``, which the thread sanitizer sees; `Synchronization.Mutex` it does not.
  private let lock = Lock()
  private var found = Findings()
  private var snapshotsBegun = 0
  private var listsBegun = 0

  /// - Parameter jobs: how many threads share the work, that of the fold included.
  init(_ snapshots: [Witnesses.Snapshot], jobs: Int) {
    self.snapshots = snapshots
    states = StateHasher(isAlone: jobs < 2)
  }

  /// Does one piece that needs nothing but what is there; false if there is none.
  func work() -> Bool { states.work() || proveNext() }

  /// Does pieces until none is left; the log has been folded, and its last state comes.
  ///
  /// - Parameter ledgers: with all its names.
  func finish(_ ledgers: [LedgerReference]) {
    while work() {}
    var search = RepeatSearch()
    while let list = take(\.listsBegun, of: NameLedger.lists) {
      search.search(list, of: ledgers)
      // The last state comes meanwhile, and its chunks are hashed in order: nobody should find them all at the end.
      _ = states.work()
    }
    note { $0.repeated.formUnion(search.found) }
    states.workUntilClosed()
  }

  private func proveNext() -> Bool {
    guard let index = take(\.snapshotsBegun, of: snapshots.count) else { return false }
    let snapshot = snapshots[index]
    guard let file = snapshot.file else { return true }
    do throws(FileError) {
      if let flaw = try snapshot.header.flaw(of: file) { note { $0.flaws[snapshot.place] = flaw } }
    } catch {
      note { $0.failure = error }
    }
    return true
  }

  /// The next piece of a kind that nobody has begun; `nil`: none is left.
  private func take(_ begun: ReferenceWritableKeyPath<SideWork, Int>, of count: Int) -> Int? {
    lock.lock()
    defer { lock.unlock() }
    guard self[keyPath: begun] < count else { return nil }
    self[keyPath: begun] += 1
    return self[keyPath: begun] - 1
  }

  /// What was found; only when every thread's ``finish(_:)`` has returned.
  var findings: Findings {
    lock.lock()
    defer { lock.unlock() }
    return found
  }

  private func note(_ finding: (inout Findings) -> Void) {
    lock.lock()
    finding(&found)
    lock.unlock()
  }
}
