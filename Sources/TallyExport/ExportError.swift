import Tallystick

/// Why an export is not there. The file that was asked for is untouched then.
package enum ExportError: Error, Sendable, CustomStringConvertible {
  /// An export replaces a file only when told to.
  case exists(path: String)
  /// Only a regular file can be replaced.
  case noRegularFile(path: String)
  /// The database could not be written: what SQLite says.
  case database(path: String, reason: String)
  /// What was written does not add up to the log's own stock; a mistake in this program, or a changed file.
  case doesNotAddUp(path: String, items: Int)
  /// A file operation failed.
  case file(FileError)
  /// It was interrupted.
  case cancelled

  package var description: String {
    switch self {
    case .exists(let path): "\(path) exists; name another file, or use --force to replace it"
    case .noRegularFile(let path): "\(path) is a directory or a device; name a file"
    case .database(let path, let reason): "cannot write the database \(path): \(reason)"
    case .doesNotAddUp(let path, let items):
      "\(path) was discarded: the changes of \(items) items do not add up to the log's stock; run tally-verify"
    case .file(let error): error.description
    case .cancelled: "interrupted; the export is not whole"
    }
  }
}
