import Glibc

/// Where the files of a log are: `The directory` in the format document.
public struct LogDirectory: Sendable {
  /// Without a slash at its end.
  public let path: String

  /// - Parameter path: slashes at its end are dropped; empty: the working directory. Nothing is looked at.
  public init(_ path: String) {
    var path = path
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    self.path = path.isEmpty ? "." : path
  }

  /// The file that the one writer locks.
  public var lock: String { path + "/writer.lock" }
  /// Where a server listens that has the log now: a note for people and programs, no part of the log.
  public var server: String { path + "/server.json" }
  /// What was last noted as acknowledged.
  public var floor: String { path + "/floor" }
  /// The first floor being made, before it gets its name.
  public var nextFloor: String { path + "/next-floor" }
  /// The folder of the segments.
  public var segments: String { path + "/segments" }
  /// The folder of the snapshots.
  public var snapshots: String { path + "/snapshots" }
  /// The folder of the index of names.
  public var index: String { path + "/index" }
  /// A segment being made, before it gets its name.
  public var spareSegment: String { path + "/next-segment" }

  /// The path of a segment.
  ///
  /// - Parameter firstSequence: the number in its name.
  public func segment(_ firstSequence: UInt64) -> String { "\(segments)/\(LogDirectory.segmentName(firstSequence))" }
  /// The path of a snapshot.
  ///
  /// - Parameter sequence: the last event that it covers.
  public func snapshot(_ sequence: UInt64) -> String { "\(snapshots)/\(LogDirectory.digits(sequence)).snapshot" }

  /// The name of a segment's file: 20 digits and `.lz4`.
  ///
  /// - Parameter firstSequence: the number in it.
  public static func segmentName(_ firstSequence: UInt64) -> String { digits(firstSequence) + ".lz4" }

  /// First sequence numbers of the segments, ascending. Other names are ignored.
  ///
  /// - Throws: ``LogError/notALog(path:reason:)`` where there is no `segments` folder with a segment.
  public func listSegments(_ files: any FileSystem) throws(LogError) -> [UInt64] {
    do throws(FileError) {
      guard try files.identity(of: path) != nil else {
        throw FileError(operation: "open the log", path: path, code: ENOENT, reason: "there is no such directory")
      }
      guard try files.identity(of: segments) != nil else {
        // Fails, and says why, where this is no directory.
        _ = try files.list(path)
        return []
      }
      return try files.list(segments).compactMap { LogDirectory.number(in: $0, suffix: ".lz4") }.sorted()
    } catch {
      if error.code == ENOENT { throw .notALog(path: path, reason: "there is no such directory") }
      if error.code == ENOTDIR { throw .notALog(path: path, reason: "it is no directory") }
      throw .file(error)
    }
  }

  /// Sequence numbers of the snapshots, ascending.
  public func listSnapshots(_ files: any FileSystem) throws(FileError) -> [UInt64] {
    guard try files.identity(of: snapshots) != nil else { return [] }
    return try files.list(snapshots).compactMap { LogDirectory.number(in: $0, suffix: ".snapshot") }.sorted()
  }

  static func digits(_ number: UInt64) -> String {
    let text = String(number)
    return String(repeating: "0", count: 20 - text.count) + text
  }

  static func number(in name: String, suffix: String) -> UInt64? {
    guard name.hasSuffix(suffix) else { return nil }
    let stem = name.dropLast(suffix.count)
    guard stem.utf8.count == 20, stem.utf8.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
    return UInt64(stem)
  }
}
