import TallyFormat

/// Why a tree cannot be grown or read.
public enum TreeError: Error, Sendable, CustomStringConvertible {
  /// The log cannot be read.
  case log(LogError)
  /// A file of the tree cannot be read or written.
  case file(FileError)
  /// Files of the tree are missing, or not what they should be. The tree can be deleted: it is made again from the log.
  case damaged(path: String, reason: String)
  /// The log does not have the frames that the tree was made of.
  case contradicts(path: String, reason: String)
  /// Another process grows the same tree.
  case inUse(path: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .log(let error): "\(error)"
    case .file(let error): "\(error)"
    case .damaged(let path, let reason):
      "the tree \(path) is damaged: \(reason); delete it, and it is made again from the log"
    case .contradicts(let path, let reason):
      "the log contradicts the tree \(path): \(reason). The log was cut, restored from an older copy or rewritten:"
        + " tally-verify --from-checkpoint tells which; delete the tree to make one of what is there now"
    case .inUse(let path): "another process has the tree \(path): try again"
    }
  }
}
