/// Why a log cannot be opened, read or written. Every case says what, where and what to do.
public enum TallyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The directory is no log, its bytes cannot be trusted, or a file operation failed.
  case log(LogError)
  /// Another writer has it.
  case inUse(path: String, processID: Int32?)
  /// A log is made only where nothing is.
  case notEmpty(path: String)
  /// Locks cannot be trusted there.
  case networkFileSystem(path: String, name: String)
  /// The bytes are intact, but an event breaks a rule: no program of ours wrote it.
  case ruleBroken(Rule, sequence: UInt64, position: LogPosition)
  /// The log ends before, or does not hold, what is known to have been acknowledged.
  case behindFloor(path: String, reason: String)
  /// No snapshot or no event to answer from: out of the log's range.
  case outOfRange(String)
  /// What a caller passed makes no sense.
  case invalidArgument(String)
  /// The system gives the process no thread for the writer. Nothing was changed.
  case outOfThreads
  /// The log was lost to another writer while it was being opened, or its store cannot say what it holds.
  case poisoned(String)

  public var description: String {
    switch self {
    case .log(let error): error.description
    case .inUse(let path, let processID):
      "the log \(path) is in use by another writer\(processID.map { " (process \($0))" } ?? ""); wait for it, or use --wait"
    case .notEmpty(let path): "the directory \(path) is not empty; name a new one"
    case .networkFileSystem(let path, let name):
      "\(path) is on a network file system (\(name)), where locks cannot be trusted; use a local disk"
    case .ruleBroken(let rule, let sequence, let position):
      "event \(sequence) breaks the rule \(rule.rawValue) (\(position)); run tally-verify, and restore the log from a backup"
    case .behindFloor(let path, let reason): "the log \(path) lacks what it has acknowledged: \(reason)"
    case .outOfRange(let what), .invalidArgument(let what): what
    case .outOfThreads:
      "the system has no thread left for the writer; allow more of them (ulimit -u), or end others, and try again"
    case .poisoned(let cause):
      "the log stopped after a failure, and what was not acknowledged has an unknown outcome: \(cause); open it again"
    }
  }

  static func file(_ error: FileError) -> TallyError { .log(.file(error)) }

  init(_ error: ClaimError) {
    switch error {
    case .inUse(let path, let processID): self = .inUse(path: path, processID: processID)
    case .file(let error): self = .file(error)
    }
  }

  init(_ error: SinkError) {
    switch error {
    case .full(let error), .disk(let error): self = .file(error)
    case .deposed(let reason), .unknownOutcome(let reason): self = .poisoned(reason)
    }
  }
}
