/// A log of segments in a directory on this machine's disk.
public struct LocalStore: WritableStore {
  private let log: LocalLog
  /// Sync each frame before it is acknowledged. Only benchmarks of everything else turn this off.
  package var isDurable = true
  /// Bytes that a new segment is written ahead. Less than the default only where a simulator's disks must be small.
  package var firstAllocation = 64 << 10
  /// Start no thread: space is prepared ahead on the writer's.
  package var runsInline = false

  /// The log in the directory at `path`. Touches nothing yet.
  public init(_ path: String, files: any FileSystem = LocalFileSystem()) {
    log = LocalLog(LogDirectory(path), files: files)
  }

  init(_ path: String, _ options: LogOptions) {
    self.init(path, files: options.files)
    isDurable = options.isDurable
    firstAllocation = options.firstAllocation
    runsInline = options.runsInline
  }

  public var derived: LogDirectory { log.derived }
  /// Of the log and what is derived from it.
  public var files: any FileSystem { log.files }
  public func source() throws(LogError) -> any FrameSource { try log.source() }
  public func floor() throws(FloorError) -> Floor? { try log.floor() }

  public func claim(_ source: any FrameSource, wait: Duration) throws(ClaimError) -> any FrameSink {
    let lock = try LogLock(derived, files: files, wait: wait)
    let place = SegmentPlace(
      directory: derived, files: files, log: source.log, settings: source.settings, firstAllocation: firstAllocation,
      isDurable: isDurable, runsInline: runsInline, lock: lock)
    return LocalSink(place)
  }

  /// Makes an empty log: its first segment.
  ///
  /// - Throws: ``TallyError/notEmpty(path:)`` where something is, ``TallyError/networkFileSystem(path:name:)``, or a file
  ///   error.
  func create(_ settings: LogSettings, log: LogID, wait: Duration) throws(TallyError) {
    try makeDirectory()
    let lock: LogLock
    do throws(ClaimError) { lock = try LogLock(derived, files: files, wait: wait) } catch { throw TallyError(error) }
    defer { lock.unlock() }
    // Two at once must not both find it vacant: the later one's segment would replace the other's, events and all.
    try refuseUnlessVacant()
    let place = SegmentPlace(
      directory: derived, files: files, log: log, settings: settings, firstAllocation: firstAllocation,
      isDurable: isDurable, runsInline: true, lock: lock)
    do throws(FileError) {
      if try files.identity(of: derived.segments) == nil { try files.makeDirectory(derived.segments) }
    } catch {
      throw .file(error)
    }
    do throws(SinkError) { _ = try place.create(after: .empty) } catch { throw TallyError(error) }
    do throws(FileError) { try files.syncDirectory(derived.path + "/..") } catch { throw .file(error) }
  }

  private func makeDirectory() throws(TallyError) {
    let isNew: Bool
    do throws(FileError) { isNew = try files.makeDirectoryUnlessThere(derived.path) } catch { throw .file(error) }
    if !isNew { try refuseUnlessVacant() }
    let network: String?
    do throws(FileError) { network = try files.networkFileSystemName(of: derived.path) } catch { throw .file(error) }
    if let network { throw .networkFileSystem(path: derived.path, name: network) }
  }

  private func refuseUnlessVacant() throws(TallyError) {
    let isVacant: Bool
    do throws(FileError) { isVacant = try self.isVacant() } catch { throw .file(error) }
    guard isVacant else { throw .notEmpty(path: derived.path) }
  }

  /// Whether nothing is there, or only what a `create` that a crash or a full disk ended left: no segment has its name.
  private func isVacant() throws(FileError) -> Bool {
    for name in try files.list(derived.path) {
      switch derived.path + "/" + name {
      case derived.lock, derived.spareSegment: continue
      case derived.segments: guard try files.list(derived.segments).isEmpty else { return false }
      default: return false
      }
    }
    return true
  }
}
