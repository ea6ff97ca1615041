/// The way into a log of segments: the kernel's lock, the active segment and the floor.
final class LocalSink: FrameSink, @unchecked Sendable {
  private let place: SegmentPlace
  private let lock: LogLock
  private let floorWriter: FloorWriter
  /// Of this writer.
  private var epoch: UInt64 = 0
  /// `nil`: not begun.
  private var segment: SegmentWriter?

  init(_ place: SegmentPlace) {
    self.place = place
    lock = place.lock
    floorWriter = FloorWriter(directory: place.directory, files: place.files)
  }

  func begin(after recovered: RecoveredEnd, epoch: UInt64) throws(SinkError) {
    self.epoch = epoch
    do throws(FileError) {
      let directory = place.directory
      // A process that was killed may have named the log or its last segment and not have synced the name.
      for folder in [directory.segments, directory.path, directory.path + "/.."] {
        try place.files.syncDirectory(folder)
      }
      let segment = try SegmentWriter(place, at: recovered.end.position)
      if recovered.end.tornBytes > 0 { try segment.clear(recovered.end.tornBytes) }
      // Only a frame in this segment can be unsynced: a segment gets its name after everything before it is synced.
      if let last = recovered.lastFrame, last.position.segment == recovered.end.position.segment {
        try segment.rewrite(last.frame.bytes, at: last.position)
      }
      // What a killed writer has prepared and nobody will use.
      if try place.files.identity(of: directory.spareSegment) != nil {
        try place.files.remove(directory.spareSegment)
      }
      // In any case: a writer before may have withdrawn a frame, and the platter have it still. Behind the floor it would
      // look like one that was written without the lock.
      try segment.sync()
      self.segment = segment
    } catch {
      throw SinkError(error)
    }
    try noteFloor(recovered.head, isDurable: true)
  }

  func append(_ frame: EncodedFrame, after head: ChainHead) throws(SinkError) {
    // Before, so that the frames of a writer that has taken the log away are not overwritten; after, because that may
    // have happened in between: then the floor, which that writer wrote first of all, makes it evident.
    try checkClaim()
    try segment?.makeRoom(for: frame.bytes.count, firstSequence: frame.firstSequence, after: head)
    do throws(FileError) { try segment?.append(frame.bytes) } catch {
      // Nobody was told about it. If this fails, too, a reader may see it until the log is opened again.
      if (try? lock.isHeld()) ?? false { try? segment?.withdraw(frame.bytes.count) }
      throw SinkError(error)
    }
    try checkClaim()
    segment?.prepareAhead()
  }

  func checkClaim() throws(SinkError) {
    let isHeld: Bool
    do throws(FileError) { isHeld = try lock.isHeld() } catch { throw SinkError(error) }
    guard isHeld else {
      throw .deposed(
        "cannot keep the lock \(place.directory.lock): the lock file was replaced or removed while the log was being"
          + " written")
    }
  }

  func noteFloor(_ head: ChainHead, isDurable: Bool) throws(SinkError) {
    try checkClaim()
    do throws(FileError) {
      try floorWriter.write(Floor(log: place.log, head: head, epoch: epoch), isDurable: isDurable)
    } catch {
      throw SinkError(error)
    }
  }

  func close() {
    segment?.close()
    lock.unlock()
  }
}
