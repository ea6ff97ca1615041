import TallyFormat

/// Why a tree cannot be grown or read.
public enum TreeError: Error, Sendable, CustomStringConvertible {
  /// The log cannot be read.
  case log(LogError)
  /// A file of the tree cannot be read or written.
  case file(FileError)
  /// Files of the tree are missing, or not what they should be. The tree can be deleted: it is made again from the log.
  case damaged(path: String, reason: String)
  /// A file of the tree is not what the log makes it, and the log is what was signed. Forgotten: it is made again.
  case altered(path: String, file: String, isForgotten: Bool)
  /// The log does not have the frames that the tree was made of.
  case contradicts(path: String, reason: String)
  /// Another process grows the same tree.
  case inUse(path: String)

  /// Without it a tree begins anew; the one over events has that of the tree beside it.
  private static func state(of path: String) -> String {
    let suffix = "/" + EventsHead.part
    return "\(path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path)/\(TreeState.name)"
  }

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .log(let error): "\(error)"
    case .file(let error): "\(error)"
    case .damaged(let path, let reason):
      "the tree \(path) is damaged: \(reason). It is derived: delete \(TreeError.state(of: path)), and it is made"
        + " again from the log"
    case .altered(let path, let file, let isForgotten):
      "the tree \(path) is damaged, and the log is not: \(file) in it is not what the log makes it. The tree is"
        + " derived: "
        + (isForgotten
          ? "whoever uses it next makes it again from the log, so do this again"
          : "delete \(path)/\(TreeState.name), and it is made again from the log")
    case .contradicts(let path, let reason):
      "the log contradicts the tree \(path): \(reason). The log was cut, restored from an older copy or rewritten:"
        + " tally-verify --from-checkpoint tells which; delete the tree to make one of what is there now"
    case .inUse(let path): "another process has the tree \(path): try again"
    }
  }
}
