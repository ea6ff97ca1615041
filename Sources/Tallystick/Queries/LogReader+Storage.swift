import TallyFormat

/// What a log takes on its disk.
package struct LogStorage: Sendable {
  /// Of all segments.
  package var bytes: Int
  package var segments: Int
  /// The last event that each snapshot includes, ascending.
  package var snapshots: [UInt64]
}

extension LogReader {
  /// Looks at names and sizes, and folds nothing. Cost: a system call or two a segment.
  package func storage() throws(TallyError) -> LogStorage {
    let parts: [StorePart]
    do throws(LogError) { parts = try stored.source.parts() } catch { throw .log(error) }
    do throws(FileError) {
      return LogStorage(
        bytes: parts.reduce(0) { $0 + $1.bytes }, segments: parts.count,
        snapshots: try stored.directory.listSnapshots(stored.files))
    } catch {
      throw .file(error)
    }
  }
}
