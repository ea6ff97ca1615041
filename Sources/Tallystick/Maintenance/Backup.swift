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
  ///   - destination: a directory that does not exist or is empty.
  ///   - warn: told, in words for people, of a floor file that is not used, or a last frame that could not be synced.
  /// - Throws: ``TallyError`` if the log is damaged or lacks what was acknowledged, or a file operation fails. What was copied is then no log: the first
  ///   segment gets its name last, so that half a copy can never be taken for a whole one.
  public static func copy(
    _ path: String, to destination: String, files: any FileSystem = LocalFileSystem(),
    warn: (String) -> Void = { _ in }
  ) throws(TallyError) -> Report {
    let source = LogDirectory(path)
    let target = LogDirectory(destination)
    do {
      let stream = try FrameStream(source, files: files)
      var floor = try LogFloor(source, log: stream.log, files: files, warn: warn)
      if try files.identity(of: target.path) != nil {
        guard try files.list(target.path).isEmpty else { throw TallyError.notEmpty(path: target.path) }
      } else {
        try files.makeDirectory(target.path)
      }
      try files.makeDirectory(target.segments)
      var report = Report(lastSequence: 0, segments: 0, bytes: 0)
      var file = try begin(1, source, as: target.spareSegment, files)
      var segment: UInt64 = 1
      report.segments = 1
      var epoch: UInt64 = 0
      copying: while true {
        switch try stream.next() {
        case .end(let end):
          try floor.check(last: stream.nextSequence - 1, end)
          if let last = end.hiddenSequence {
            warn("the last frame, to event \(last), could not be synced, and is not in the copy")
          }
          break copying
        case .frame(let frame, let position):
          floor.see(frame)
          if position.segment != segment {
            try file.sync()
            file.close()
            segment = position.segment
            file = try begin(segment, source, as: target.segment(segment), files)
            report.segments += 1
          }
          try file.write(frame.bytes, at: position.offset)
          report.bytes += frame.bytes.count
          epoch = frame.epoch
        }
      }
      report.lastSequence = stream.nextSequence - 1
      try file.sync()
      file.close()
      let floorFile = try files.open(target.floor, .create)
      try floorFile.write(
        FloorFile(log: stream.log, sequence: report.lastSequence, hash: stream.previousHash, epoch: epoch).encoded,
        at: 0)
      try floorFile.sync()
      floorFile.close()
      try files.syncDirectory(target.segments)
      try files.rename(target.spareSegment, to: target.segment(1))
      for folder in [target.segments, target.path, target.path + "/.."] { try files.syncDirectory(folder) }
      return report
    } catch {
      throw TallyError(anyError: error)
    }
  }

  private static func begin(
    _ segment: UInt64, _ source: LogDirectory, as path: String, _ files: any FileSystem
  ) throws(FileError) -> any LogFile {
    let original = try files.open(source.segment(segment), .read)
    defer { original.close() }
    let file = try files.open(path, .create)
    try file.write(try original.bytes(at: 0, count: Limits.segmentHeaderBytes), at: 0)
    return file
  }
}
