import TallyFormat
import TallyThreads

/// Whether each snapshot's bytes match its own digests: a file at a time, by whichever thread has nothing better to do.
final class SnapshotProofs: @unchecked Sendable {
  private let lock: Lock
  private let snapshots: [Witnesses.Snapshot]
  // Under `lock`.
  private var begun = 0
  private var flaws: [UInt64: MalformedBytes] = [:]
  private var failure: FileError?

  init(_ snapshots: [Witnesses.Snapshot], _ lock: Lock) {
    self.snapshots = snapshots
    self.lock = lock
  }

  /// Under the lock, which is given up meanwhile: proves one; false if none is left to begin.
  func proveNext() -> Bool {
    guard begun < snapshots.count else { return false }
    let snapshot = snapshots[begun]
    begun += 1
    guard let file = snapshot.file else { return true }
    lock.unlock()
    let flaw = Result { () throws(FileError) in try snapshot.header.flaw(of: file) }
    lock.lock()
    switch flaw {
    case .success(let flaw?): flaws[snapshot.place] = flaw
    case .success(nil): break
    case .failure(let failure): self.failure = failure
    }
    return true
  }

  /// What is wrong with snapshots' bytes, by the sequence numbers in their names; once all threads are done.
  ///
  /// - Throws: ``FileError`` if one could not be read.
  func result() throws(FileError) -> [UInt64: MalformedBytes] {
    lock.lock()
    defer { lock.unlock() }
    if let failure { throw failure }
    return flaws
  }
}
