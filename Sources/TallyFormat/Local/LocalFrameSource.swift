import TallyThreads

/// The frames of a log of segments in a directory.
public final class LocalFrameSource: FrameSource {
  /// Where the segments are.
  public let directory: LogDirectory
  /// The log's identity, from its first segment's header.
  public let log: LogID
  /// What was fixed when the log was made, from the same.
  public let settings: LogSettings
  private let files: any FileSystem
  private let tables = Monitor(SegmentTables())
  private let watch = Monitor<Watch>(.none)

  private enum Watch {
    case none
    case impossible
    case on(any DirectoryWatch)
  }

  /// Opens the log for reading: looks at the first segment's header.
  ///
  /// - Throws: ``LogError`` if there is no log or its beginning cannot be trusted.
  public init(_ directory: LogDirectory, files: any FileSystem) throws(LogError) {
    self.directory = directory
    self.files = files
    let stream = try FrameStream(directory, files: files, showsUnsyncedFrames: true)
    log = stream.log
    settings = stream.settings
  }

  /// The directory's path.
  public var name: String { directory.path }

  public func frames(from start: FrameStart, showsUnsynced: Bool) throws(LogError) -> any FrameReader {
    try FrameStream(directory, files: files, startingAt: start, showsUnsyncedFrames: showsUnsynced)
  }

  public func position(ofEvent sequence: UInt64) throws(LogError) -> LogPosition {
    let found: Result<LogPosition, LogError> = tables.access { tables in
      do throws(LogError) { return .success(try tables.position(of: sequence, directory, files)) } catch {
        return .failure(error)
      }
    }
    return try found.get()
  }

  public func parts() throws(LogError) -> [StorePart] {
    var parts = [StorePart]()
    for first in try directory.listSegments(files) {
      do throws(FileError) {
        let file = try directory.openSegment(first, .read, files)
        defer { file.close() }
        parts.append(
          StorePart(name: LogDirectory.segmentName(first), firstSequence: first, bytes: try file.size()))
      } catch {
        throw .file(error)
      }
    }
    return parts
  }

  /// Between looks where the kernel cannot tell of changes.
  private static let pollInterval = Duration.milliseconds(50)

  /// The first call returns at once, because what came before it may have gone unseen.
  public func waitForMore(than head: ChainHead, atMost timeout: Duration) {
    let (watch, isNew) = watch.access { watch -> (Watch, Bool) in
      guard case .none = watch else { return (watch, false) }
      watch = files.watch(directory.segments).map { .on($0) } ?? .impossible
      return (watch, true)
    }
    switch watch {
    case .on(let watch): if !isNew { watch.wait(atMost: timeout) }
    case .none, .impossible: files.pause(for: min(timeout, LocalFrameSource.pollInterval))
    }
  }
}
