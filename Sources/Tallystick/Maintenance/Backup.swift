/// Copies a log while it is being written.
public enum Backup {
  /// What was copied.
  public struct Report: Sendable, Equatable {
    /// The last event of the copy.
    public var lastSequence: UInt64
    /// Segments copied.
    public var segments: Int
    /// Bytes copied.
    public var bytes: Int
  }

  /// Copies every durable frame, checking the chain on the way, and the floor that belongs to the copy. Snapshots and
  /// indexes are not copied: they are rebuilt from the log.
  ///
  /// - Parameters:
  ///   - path: the log's directory.
  ///   - files: where the log is, and the copy.
  ///   - destination: a directory that does not exist or is empty.
  ///   - warn: told, in words for people, of a floor file that is not used, or a last frame that could not be synced.
  /// - Throws: ``TallyError`` if the log is damaged or lacks what was acknowledged, or a file operation fails. What was copied is then no log: the first
  ///   segment gets its name last, so that half a copy can never be taken for a whole one.
  public static func copy(
    _ path: String, to destination: String, files: any FileSystem = LocalFileSystem(),
    warn: (String) -> Void = { _ in }
  ) throws(TallyError) -> Report {
    try copy(LocalStore(path, files: files), to: destination, warn: warn)
  }

  /// As ``copy(_:to:files:warn:)``, of a log that any store keeps. The copy is one of segments in a directory, of the
  /// store's `LogStore.files`.
  public static func copy(
    _ store: any LogStore, to destination: String, warn: (String) -> Void = { _ in }
  ) throws(TallyError) -> Report {
    let (stored, frames): (StoredLog, any FrameReader)
    do throws(LogError) {
      stored = try StoredLog(store)
      frames = try stored.source.frames(from: .beginning, showsUnsynced: false)
    } catch {
      throw .log(error)
    }
    var floor = try LogFloor(stored, warn: warn)
    var copy = try LogCopy(destination, of: stored)
    copying: while true {
      let head = frames.head
      let item: FrameItem
      do throws(LogError) { item = try frames.next() } catch { throw .log(error) }
      switch item {
      case .end(let end):
        try floor.check(last: head.lastSequence, end)
        if let last = end.hiddenSequence {
          warn("the last frame, to event \(last), could not be synced, and is not in the copy")
        }
        break copying
      case .frame(let frame, let position):
        floor.see(frame)
        do throws(FileError) { try copy.append(frame, after: head, from: position) } catch { throw .file(error) }
      }
    }
    do throws(FileError) { try copy.finish(frames.head) } catch { throw .file(error) }
    return copy.report
  }
}

/// Segments being written to a new directory.
private struct LogCopy {
  private let stored: StoredLog
  private let target: LogDirectory
  private var file: any LogFile
  /// Of the original, whose borders the copy keeps; 0: it has none.
  private var segment: UInt64
  /// Of the copy: the number in the segment's name.
  private var firstSequence: UInt64 = 1
  private var offset = Limits.segmentHeaderBytes
  private(set) var report = Backup.Report(lastSequence: 0, segments: 1, bytes: 0)

  init(_ destination: String, of stored: StoredLog) throws(TallyError) {
    self.stored = stored
    target = LogDirectory(destination)
    segment = 1
    let isVacant: Bool
    do throws(FileError) { isVacant = try LogCopy.makeDirectory(target.path, stored.files) } catch {
      throw .file(error)
    }
    guard isVacant else { throw .notEmpty(path: target.path) }
    do throws(FileError) {
      try stored.files.makeDirectory(target.segments)
      file = try LogCopy.begin(target.spareSegment, after: .empty, stored)
    } catch {
      throw .file(error)
    }
  }

  /// - Returns: false if something is there.
  private static func makeDirectory(_ path: String, _ files: any FileSystem) throws(FileError) -> Bool {
    if try files.identity(of: path) != nil { return try files.list(path).isEmpty }
    try files.makeDirectory(path)
    return true
  }

  private static func begin(
    _ path: String, after head: ChainHead, _ stored: StoredLog
  ) throws(FileError) -> any LogFile {
    let file = try stored.files.open(path, .create)
    try file.write(SegmentHeader(log: stored.log, after: head, settings: stored.settings).encoded, at: 0)
    return file
  }

  mutating func append(_ frame: Frame, after head: ChainHead, from position: LogPosition) throws(FileError) {
    let isFull = offset + frame.bytes.count > stored.settings.segmentSize && offset > Limits.segmentHeaderBytes
    if position.segment == 0 ? isFull && head.nextSequence > firstSequence : position.segment != segment {
      try file.sync()
      file.close()
      segment = position.segment
      firstSequence = head.nextSequence
      file = try LogCopy.begin(target.segment(firstSequence), after: head, stored)
      offset = Limits.segmentHeaderBytes
      report.segments += 1
    }
    try file.write(frame.bytes, at: offset)
    offset += frame.bytes.count
    report.bytes += frame.bytes.count
  }

  /// Notes the floor, and gives the first segment its name last of all.
  mutating func finish(_ head: ChainHead) throws(FileError) {
    let files = stored.files
    report.lastSequence = head.lastSequence
    try file.sync()
    file.close()
    let floor = try files.open(target.floor, .create)
    try floor.write(FloorFile(Floor(log: stored.log, head: head, epoch: head.epoch)).encoded, at: 0)
    try floor.sync()
    floor.close()
    try files.syncDirectory(target.segments)
    try files.rename(target.spareSegment, to: target.segment(1))
    for folder in [target.segments, target.path, target.path + "/.."] { try files.syncDirectory(folder) }
  }
}
