import TallyFormat

/// Why a log is not signed.
public enum SigningError: Error, Sendable, CustomStringConvertible {
  /// Log or tree cannot be read or written, or contradict each other.
  case tree(TreeError)
  /// What is kept as the last checkpoint is none.
  case kept(path: String, NoteFlaw)
  /// What was signed before is not part of the log: a new checkpoint would tell a second history.
  case twoHistories(frames: UInt64, path: String)
  /// The system's cryptography fails.
  case cryptography

  /// The log is another one than it was, or its bytes cannot be trusted: somebody should be woken.
  public var isAlarming: Bool {
    switch self {
    case .twoHistories, .tree(.contradicts), .tree(.log(.damaged)): true
    case .tree, .kept, .cryptography: false
    }
  }

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .tree(let error): "\(error)"
    case .kept(let path, let flaw): "\(path) \(flaw)"
    case .twoHistories(let frames, let path):
      "the log contradicts the checkpoint of \(frames) frames that was signed before: it was cut, restored from an"
        + " older copy or rewritten, and a new one would tell two histories; if that is meant, delete \(path)"
    case .cryptography: "the system's cryptography failed to sign"
    }
  }
}
