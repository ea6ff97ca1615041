/// How far a log must reach: what its floor and its snapshots say was acknowledged.
///
/// Made before the frames are read: both were written after the frames that they name, so that a log which is being
/// written holds those frames by the time they are read. Whoever comes to the log's end judges it by this.
struct LogFloor {
  private let stored: StoredLog
  private let floor: Floor?
  /// By their names.
  private let snapshots: [UInt64]
  /// The floor's frame was seen, or the reading began after it.
  private var holdsFrame: Bool
  /// What the frame of the floor's hash says of itself, if it is not what the floor says.
  private var otherHead: ChainHead?
  /// Of a frame after the floor's, lower than the floor's.
  private var deposedEpoch: UInt64?

  /// - Parameter warn: told, in words for people, of a floor that is not used.
  /// - Throws: ``TallyError/behindFloor(path:reason:)`` for a floor of another log, or a failed file operation.
  init(_ stored: StoredLog, warn: (String) -> Void) throws(TallyError) {
    self.stored = stored
    do throws(FloorError) { floor = try stored.store.floor() } catch {
      switch error {
      case .malformed(let flaw):
        warn("the file \(stored.directory.floor) is not used: it \(flaw)")
        floor = nil
      case .file(let error): throw .file(error)
      }
    }
    do throws(FileError) { snapshots = try stored.directory.listSnapshots(stored.files) } catch { throw .file(error) }
    holdsFrame = floor.map { $0.head == .empty } ?? true
    if let floor, floor.log != stored.log {
      throw .behindFloor(path: stored.source.name, reason: "its floor belongs to another log (\(floor.log))")
    }
  }

  /// Of the writer that noted the floor: a writer that wrote no frame has left its epoch there only. 0: unknown.
  var epoch: UInt64 { floor?.epoch ?? 0 }

  /// The reading begins with the frame that holds this event: the frames before it are not seen.
  mutating func begin(at sequence: UInt64) {
    if let floor, floor.head.lastSequence < sequence { holdsFrame = true }
  }

  mutating func see(_ frame: Frame) {
    guard let floor else { return }
    if holdsFrame, frame.epoch < floor.epoch, deposedEpoch == nil { deposedEpoch = frame.epoch }
    guard frame.hash == floor.head.hash else { return }
    holdsFrame = true
    if frame.head != floor.head { otherHead = frame.head }
  }

  /// Judges the end of the log.
  ///
  /// - Throws: ``TallyError/behindFloor(path:reason:)`` if the log does not hold what was acknowledged.
  func check(last: UInt64, _ end: LogEnd) throws(TallyError) {
    // A frame that could not be synced is there all the same, and may be the floor's.
    let last = end.hiddenSequence ?? last
    if let floor { try check(floor, last: last, end) }
    for sequence in snapshots where sequence > last {
      // Its name proves nothing.
      guard
        let snapshot = try? SnapshotFile.read(
          stored.directory.snapshot(sequence), files: stored.files, keepsState: false), snapshot.log == stored.log,
        snapshot.sequence > last
      else { continue }
      throw .behindFloor(
        path: stored.source.name,
        reason: "the snapshot of event \(sequence) is newer than the log, which ends at event \(last);"
          + " was it copied while it was being written? copy it with `tally backup`")
    }
  }

  private func check(_ floor: Floor, last: UInt64, _ end: LogEnd) throws(TallyError) {
    if floor.head.lastSequence > last {
      throw .behindFloor(
        path: stored.source.name,
        reason:
          "event \(floor.head.lastSequence) was acknowledged, and the log ends at event \(last) (\(end.position));"
          + " is it an older copy? restore a newer one, or delete the file floor to accept the loss")
    }
    if !holdsFrame, end.hiddenSequence == nil {
      throw .behindFloor(
        path: stored.source.name,
        reason: "the frame \(floor.head.hash) that was acknowledged at event \(floor.head.lastSequence) is not in it;"
          + " run tally-verify and restore a backup, or delete the file floor to accept what is there")
    }
    if let otherHead {
      throw .behindFloor(
        path: stored.source.name,
        reason: "its floor names \(floor.head), which is \(otherHead): delete the file floor, it was made so")
    }
    if let epoch = deposedEpoch {
      throw .behindFloor(
        path: stored.source.name,
        reason:
          "after event \(floor.head.lastSequence) a writer of epoch \(epoch) wrote although one of epoch \(floor.epoch) had"
          + " the log, and may have overwritten what that one acknowledged: was the file writer.lock removed?"
          + " restore a backup, or delete the file floor to accept what is there")
    }
  }
}
