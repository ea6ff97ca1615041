/// Why a log cannot be read on.
public enum LogError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The place holds no log.
  case notALog(path: String, reason: String)
  /// Bytes that cannot be trusted. `sequence` is the first event that is lost to them.
  case damaged(LogPosition, sequence: UInt64, reason: String)
  /// A file cannot be read.
  case file(FileError)

  public var description: String {
    switch self {
    case .notALog(let path, let reason): "\(path) is no log: \(reason)"
    case .damaged(let position, let sequence, let reason):
      "the log is damaged in \(position), from event \(sequence) on: \(reason)"
    case .file(let error): error.description
    }
  }
}
