import Synchronization
import TallyFormat

/// What is left to do when the log has been folded, in pieces that several threads share out: whether each snapshot's
/// bytes match its digests, and whether any name was used twice.
final class ClosingWork: @unchecked Sendable {
  private let snapshots: [Witnesses.Snapshot]
  private let ledgers: [LedgerReference]
  private let nextPiece = Atomic<Int>(0)

  struct Findings: Sendable {
    /// Fingerprints that occur more than once.
    var repeated = Set<UInt64>()
    /// What is wrong with a snapshot's bytes, by its sequence number.
    var flaws: [UInt64: MalformedBytes] = [:]
    var failure: FileError?
  }
  /// Under ``lock``, which the thread sanitizer sees; `Synchronization.Mutex` it does not.
  private var shared = Findings()
  private let lock = Lock()

  init(_ snapshots: [Witnesses.Snapshot], _ ledgers: [LedgerReference]) {
    self.snapshots = snapshots
    self.ledgers = ledgers
  }

  /// Does pieces until none is left. The snapshots come first, because they are the largest.
  func work() {
    var search = RepeatSearch()
    while true {
      let piece = nextPiece.wrappingAdd(1, ordering: .relaxed).oldValue
      if piece < snapshots.count {
        prove(snapshots[piece])
      } else if piece - snapshots.count < NameLedger.lists {
        search.search(piece - snapshots.count, of: ledgers)
      } else {
        break
      }
    }
    note { $0.repeated.formUnion(search.found) }
  }

  private func prove(_ snapshot: Witnesses.Snapshot) {
    guard let file = snapshot.file else { return }
    do throws(FileError) {
      guard let flaw = try snapshot.header.flaw(of: file) else { return }
      note { $0.flaws[snapshot.place] = flaw }
    } catch {
      note { $0.failure = error }
    }
  }

  /// What was found; only when every thread's ``work()`` has returned.
  var findings: Findings {
    lock.lock()
    defer { lock.unlock() }
    return shared
  }

  private func note(_ finding: (inout Findings) -> Void) {
    lock.lock()
    finding(&shared)
    lock.unlock()
  }
}
