/// Cuts a torn tail without opening the log for writing. Never touches what was acknowledged.
public enum Repair {
  /// What is to be cut, or was.
  public struct Report: Sendable, Equatable {
    /// Bytes of a frame that was never acknowledged; 0: nothing to cut.
    public var tornBytes: Int
    /// Where the log ends.
    public var position: LogPosition
    /// The last event that stays.
    public var lastSequence: UInt64
  }

  /// What there is to cut.
  ///
  /// - Throws: ``TallyError`` if the log is damaged: then nothing may be cut.
  public static func inspect(_ path: String, files: any FileSystem = LocalFileSystem()) throws(TallyError) -> Report {
    var options = LogOptions()
    options.files = files
    options.takesSnapshots = false
    let stored: StoredLog
    do throws(LogError) { stored = try StoredLog(LocalStore(path, options)) } catch { throw .log(error) }
    let found = try Recovery(stored, options: options)
    return Report(
      tornBytes: found.end.end.tornBytes, position: found.end.end.position,
      lastSequence: found.judge.state.lastSequence)
  }

  /// Overwrites the torn tail with zeros, as a writer does when it opens the log.
  ///
  /// - Parameters:
  ///   - path: the log's directory.
  ///   - lockWait: how long to wait for another writer to let go of the log.
  ///   - files: where it is.
  /// - Returns: what was cut.
  /// - Throws: ``TallyError/inUse(path:processID:)``, or as ``inspect(_:files:)``.
  public static func truncateTornTail(
    _ path: String, lockWait: Duration = .seconds(5), files: any FileSystem = LocalFileSystem()
  ) throws(TallyError) -> Report {
    let directory = LogDirectory(path)
    _ = try inspect(path, files: files)
    let lock: LogLock
    do throws(ClaimError) { lock = try LogLock(directory, files: files, wait: lockWait) } catch {
      throw TallyError(error)
    }
    defer { lock.unlock() }
    let report = try inspect(path, files: files)
    guard report.tornBytes > 0 else { return report }
    do throws(FileError) {
      let file = try directory.openSegment(report.position.segment, .readWrite, files)
      defer { file.close() }
      try file.write([UInt8](repeating: 0, count: report.tornBytes), at: report.position.offset)
      try file.sync()
    } catch {
      throw .file(error)
    }
    return report
  }
}
