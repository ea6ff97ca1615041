import Glibc

/// Where the files of a sharded shop are: the map `shards`, and a log for each shard in a folder of its own.
public struct ShardedDirectory: Sendable {
  /// Without a slash at its end.
  public let path: String

  /// - Parameter path: slashes at its end are dropped. Nothing is looked at.
  public init(_ path: String) { self.path = LogDirectory(path).path }

  /// The map's file.
  public var map: String { path + "/shards" }
  /// The map being written, before it gets its name.
  public var nextMap: String { path + "/next-shards" }

  /// The log of a shard.
  ///
  /// - Parameter shard: its number, from 0.
  public func log(_ shard: Int) -> LogDirectory { LogDirectory("\(path)/\(ShardedDirectory.name(of: shard))") }

  /// A shard's folder: `shard-` and four digits.
  ///
  /// - Parameter shard: 0 … 9,999.
  public static func name(of shard: Int) -> String {
    let digits = String(shard)
    return "shard-" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }

  /// Whether there is a sharded shop: a map.
  public func exists(_ files: any FileSystem) throws(FileError) -> Bool {
    do throws(FileError) { return try files.identity(of: map) != nil } catch {
      // Where the path is no directory there is no map, and others say what is wrong with it.
      if error.code == ENOTDIR { return false }
      throw error
    }
  }

  /// Reads the map.
  public func readMap(_ files: any FileSystem) throws(ShardMapError) -> ShardMap {
    let bytes: [UInt8]?
    do throws(FileError) { bytes = try files.contents(of: map, maximum: ShardMap.maxBytes) } catch {
      throw .file(error)
    }
    guard let bytes else {
      throw .file(
        FileError(operation: "read the map of shards", path: map, code: ENOENT, reason: "there is no such file"))
    }
    do throws(ShardMapFlaw) { return try ShardMap(text: bytes) } catch { throw .flawed(path: map, error) }
  }

  /// Writes the map: under its name stands what was there, or all of the new, whenever the power fails. Three syncs.
  public func writeMap(_ map: ShardMap, _ files: any FileSystem) throws(FileError) {
    try files.replace(self.map, in: path, by: nextMap, with: map.text)
  }
}

/// Why the map of a shop's shards cannot be had.
public enum ShardMapError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file cannot be read.
  case file(FileError)
  /// It can, and is none.
  case flawed(path: String, ShardMapFlaw)

  public var description: String {
    switch self {
    case .file(let error): error.description
    case .flawed(let path, let flaw): "the map of shards \(path) \(flaw)"
    }
  }
}
