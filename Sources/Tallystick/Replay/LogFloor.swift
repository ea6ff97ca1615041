/// How far a log must reach: what its floor file and its snapshots say was acknowledged.
///
/// Made before the frames are read: both were written after the frames that they name, so that a log which is being
/// written holds those frames by the time they are read. Whoever comes to the log's end judges it by this.
struct LogFloor {
  private let directory: LogDirectory
  private let log: LogID
  private let files: any FileSystem
  private let file: FloorFile?
  /// By their names.
  private let snapshots: [UInt64]
  /// The floor file's frame was seen, or the reading began after it.
  private var holdsFrame: Bool
  /// Of a frame after the floor file's, lower than the floor file's.
  private var deposedEpoch: UInt64?

  /// - Parameter warn: told, in words for people, of a floor file that is not used.
  /// - Throws: ``TallyError/behindFloor(path:reason:)`` for a floor file of another log, or a failed file operation.
  init(
    _ directory: LogDirectory, log: LogID, files: any FileSystem, warn: (String) -> Void
  ) throws(TallyError) {
    self.directory = directory
    self.log = log
    self.files = files
    do {
      do {
        file = try FloorFile.read(directory, files: files)
      } catch let error as MalformedBytes {
        warn("the file \(directory.floor) is not used: it \(error)")
        file = nil
      }
      snapshots = try directory.listSnapshots(files)
    } catch {
      throw TallyError(anyError: error)
    }
    holdsFrame = file.map { $0.hash == .zero } ?? true
    if let file, file.log != log {
      throw .behindFloor(path: directory.path, reason: "its floor file belongs to another log (\(file.log))")
    }
  }

  /// Of the writer that noted the floor file: a writer that wrote no frame has left its epoch there only. 0: unknown.
  var epoch: UInt64 { file?.epoch ?? 0 }

  /// The reading begins with the frame that holds this event: the frames before it are not seen.
  mutating func begin(at sequence: UInt64) {
    if let file, file.sequence < sequence { holdsFrame = true }
  }

  mutating func see(_ frame: Frame) {
    guard let file else { return }
    if holdsFrame, frame.epoch < file.epoch, deposedEpoch == nil { deposedEpoch = frame.epoch }
    if frame.hash == file.hash { holdsFrame = true }
  }

  /// Judges the end of the log.
  ///
  /// - Throws: ``TallyError/behindFloor(path:reason:)`` if the log does not hold what was acknowledged.
  func check(last: UInt64, _ end: LogEnd) throws(TallyError) {
    // A frame that could not be synced is there all the same, and may be the floor's.
    let last = end.hiddenSequence ?? last
    if let file { try check(file, last: last, end) }
    for sequence in snapshots where sequence > last {
      // Its name proves nothing.
      guard let snapshot = try? SnapshotFile.read(directory.snapshot(sequence), files: files, keepsState: false),
        snapshot.log == log, snapshot.sequence > last
      else { continue }
      throw .behindFloor(
        path: directory.path,
        reason: "the snapshot of event \(sequence) is newer than the log, which ends at event \(last);"
          + " was it copied while it was being written? copy it with `tally backup`")
    }
  }

  private func check(_ file: FloorFile, last: UInt64, _ end: LogEnd) throws(TallyError) {
    if file.sequence > last {
      throw .behindFloor(
        path: directory.path,
        reason: "event \(file.sequence) was acknowledged, and the log ends at event \(last) (\(end.position));"
          + " is it an older copy? restore a newer one, or delete the file floor to accept the loss")
    }
    if !holdsFrame, end.hiddenSequence == nil {
      throw .behindFloor(
        path: directory.path,
        reason: "the frame \(file.hash) that was acknowledged at event \(file.sequence) is not in it;"
          + " run tally-verify and restore a backup, or delete the file floor to accept what is there")
    }
    if let epoch = deposedEpoch {
      throw .behindFloor(
        path: directory.path,
        reason:
          "after event \(file.sequence) a writer of epoch \(epoch) wrote although one of epoch \(file.epoch) had"
          + " the log, and may have overwritten what that one acknowledged: was the file writer.lock removed?"
          + " restore a backup, or delete the file floor to accept what is there")
    }
  }
}
