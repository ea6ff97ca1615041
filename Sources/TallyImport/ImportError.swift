import Tallystick

/// Why an import cannot begin or go on. A row that is wrong is no error: it is counted, reported, and the rest goes on.
public enum ImportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The mapping file is wrong: what, and where.
  case mapping(String)
  /// The file is no CSV file that the mapping describes.
  case input(String)
  /// A file operation failed.
  case file(String)

  public var description: String {
    switch self {
    case .mapping(let what), .input(let what), .file(let what): what
    }
  }
}
