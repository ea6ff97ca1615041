import TallyThreads

/// Writes space ahead of the writer, beside it: more of the active segment, and the next one; syncs the end of the last.
///
/// To write zeros and sync them takes as long as hundreds of commits; done here, in pieces, a commit waits for one piece
/// at the most. (The model is etcd's `wal/file_pipeline.go`.) Where there is no room, the writer tries again when it needs
/// the space, and it is its error then. One job at a time, each on a thread of its own, because jobs are rare.
final class SegmentPreparer: Sendable {
  /// A commit that comes between shares the piece's sync: small enough that it does not show, large enough that few do.
  private static let pieceBytes = 256 << 10
  /// The writer's commits go first.
  private static let niceness: Int32 = 5

  private struct Progress {
    var isBusy = false
    /// Of the segment that is being extended: bytes written and synced.
    var allocated = 0
    var spare: SegmentPlace.Segment?
    /// A segment that has its last frame and whose end is not synced yet.
    var unsealed: (any LogFile)?
    /// The last job failed: no further one is begun for this segment.
    var hasFailed = false
    /// The active segment could not be written or synced.
    var failure: FileError?
    var isGivenUp = false
  }

  private let place: SegmentPlace
  private let progress = Monitor(Progress())

  init(_ place: SegmentPlace) { self.place = place }

  /// A new segment is written to.
  func begin(allocated: Int) {
    progress.access {
      $0.allocated = allocated
      $0.hasFailed = false
    }
  }

  /// Bytes of the active segment that are written and synced.
  var allocated: Int { progress.access { $0.allocated } }

  /// Throws what has happened to the active segment here: a failed sync may have lost what the writer wrote, too.
  func check() throws(FileError) {
    if let failure = progress.access({ $0.failure }) { throw failure }
  }

  /// Extends the active segment to `size`, unless a job is under way or the last one has failed.
  func extend(_ segment: UInt64, to size: Int) {
    start { [self] () throws(FileError) in
      do throws(FileError) {
        // Opened anew: the kernel tells each open file once of a failed sync, and the writer must hear of it, too.
        let file = try place.files.open(place.directory.segment(segment), .readWrite)
        defer { file.close() }
        try writePieces(of: file, from: allocated, to: size) { allocated in
          progress.signal { $0.allocated = allocated }
        }
      } catch {
        if !error.isOutOfSpace { progress.access { $0.failure = error } }
        throw error
      }
    }
  }

  /// Makes the next segment's file, of `size` bytes, likewise.
  func makeSpare(of size: Int) {
    guard progress.access({ $0.spare == nil }) else { return }
    start { [self] () throws(FileError) in
      let file = try place.makeSpare()
      do throws(FileError) {
        var written = 0
        try writePieces(of: file, from: 0, to: size) { written = $0 }
        progress.access { $0.spare = SegmentPlace.Segment(file: file, allocated: written) }
      } catch {
        file.close()
        // Half of one is worth less than the space that it takes.
        try? place.files.remove(place.directory.spareSegment)
        throw error
      }
    }
  }

  /// The next segment's file, if it is ready; it is the caller's from here on.
  func takeSpare() -> SegmentPlace.Segment? {
    waitUntilIdle()
    return progress.access { progress in
      defer { progress.spare = nil }
      return progress.spare
    }
  }

  /// Syncs a segment that has its last frame, beside the writer, and closes it. No job is under way.
  func seal(_ file: any LogFile) {
    progress.access { $0.unsealed = file }
    start { [self] () throws(FileError) in try syncUnsealed(file) }
  }

  /// Returns when the segment that was given to ``seal(_:)`` is on stable storage.
  func finishSealing() throws(FileError) {
    waitUntilIdle()
    try check()
    // There was no thread for it.
    if let file = progress.access({ $0.unsealed }) { try syncUnsealed(file) }
  }

  private func syncUnsealed(_ file: any LogFile) throws(FileError) {
    do throws(FileError) { try file.sync() } catch {
      // Not again: the kernel tells once.
      progress.access { $0.failure = error }
      throw error
    }
    file.close()
    progress.access { $0.unsealed = nil }
  }

  /// Waits until `size` bytes are there, as long as a job is at it.
  ///
  /// - Returns: the bytes that are there.
  func wait(for size: Int) -> Int {
    progress.wait { !$0.isBusy || $0.allocated >= size ? $0.allocated : nil } ?? 0
  }

  /// Ends what is under way, and removes what nobody will use.
  func close() {
    progress.access { $0.isGivenUp = true }
    guard let spare = takeSpare() else { return }
    spare.file.close()
    try? place.files.remove(place.directory.spareSegment)
  }

  private func waitUntilIdle() { _ = progress.wait { $0.isBusy ? nil : true } }

  private func start(_ job: @escaping @Sendable () throws(FileError) -> Void) {
    let mayBegin = progress.access { progress in
      if progress.isBusy || progress.hasFailed || progress.isGivenUp { return false }
      progress.isBusy = true
      return true
    }
    guard mayBegin else { return }
    let run: @Sendable () -> Void = { [progress] in
      var hasFailed = false
      do throws(FileError) { try job() } catch { hasFailed = true }
      progress.signal {
        $0.isBusy = false
        $0.hasFailed = hasFailed
      }
    }
    if place.runsInline { return run() }
    if !DedicatedThread.start(niceness: SegmentPreparer.niceness, run) {
      progress.signal {
        $0.isBusy = false
        $0.hasFailed = true
      }
    }
  }

  private func writePieces(
    of file: any LogFile, from start: Int, to size: Int, _ note: (Int) -> Void
  ) throws(FileError) {
    var at = start
    // A writer that has lost the log must not write zeros where its successor has frames.
    while at < size, !progress.access({ $0.isGivenUp }), try place.lock.isHeld() {
      let end = min(at + SegmentPreparer.pieceBytes, size)
      try Zeros.write(to: file, at..<end)
      try file.sync()
      at = end
      note(at)
    }
  }
}
