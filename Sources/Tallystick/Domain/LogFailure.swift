/// Why an open log gives no answer.
///
/// Every case says what happened (``description``, one line that names the file where there is one) and what to do
/// (``advice``). Of a command that is answered so, see ``isOutcomeKnown`` for whether it may have happened.
public enum LogFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The log was closed before this was judged: nothing was done.
  case closed
  /// The task was cancelled before this was handed over: nothing was done.
  case cancelled
  /// The queue is full: the question was not taken. (Commands are answered ``Outcome/busy(_:)``.)
  case busy(Busy)
  /// Another writer has the log: nothing that this one acknowledged is lost, and it can append nothing any more.
  case deposed(reason: String)
  /// The disk, or the account's share of it, is full.
  case diskFull(FileError)
  /// A write or a sync failed: nobody knows what the disk holds until the log is opened again.
  case disk(FileError)
  /// The store cannot say whether it has the last frame.
  case unknownOutcome(reason: String)
  /// An index of names cannot be read; nothing may be judged on half of what is known.
  case index(path: String, reason: String)
  /// The log cannot be read back where a name is to be confirmed.
  case unreadable(TallyError)

  /// What happened, and where.
  public var description: String {
    switch self {
    case .closed: "the log was closed before this was judged"
    case .cancelled: "the task was cancelled before this was handed over"
    case .busy(let busy): "the log is busy: \(busy)"
    case .deposed(let reason): reason
    case .diskFull(let error), .disk(let error): error.description
    case .unknownOutcome(let reason): reason
    case .index(let path, let reason): "the index \(path) cannot be read: it \(reason)"
    case .unreadable(let error): error.description
    }
  }

  /// What to do about it.
  public var advice: String {
    switch self {
    case .closed, .disk, .unknownOutcome: "open the log again and repeat the command"
    case .cancelled: "nothing was done; ask again"
    case .busy: "nothing was done; ask again a little later"
    case .deposed: "leave the log to the other writer, or stop that one; then open the log again and repeat the command"
    case .diskFull: "make room, open the log again and repeat the command: nothing acknowledged is lost"
    case .index: "delete the index, open the log again (it is rebuilt) and repeat the command"
    case .unreadable: "see what can still be proven with tally-verify, and restore the log from a backup"
    }
  }

  /// Nothing was done, for certain. Otherwise the command may have happened, and only a repeat with its id or key tells.
  public var isOutcomeKnown: Bool {
    switch self {
    case .closed, .cancelled, .busy: true
    case .deposed, .diskFull, .disk, .unknownOutcome, .index, .unreadable: false
    }
  }
}

extension LogFailure {
  init(_ error: SinkError) {
    switch error {
    case .deposed(let reason): self = .deposed(reason: reason)
    case .full(let error): self = .diskFull(error)
    case .disk(let error): self = .disk(error)
    case .unknownOutcome(let reason): self = .unknownOutcome(reason: reason)
    }
  }
}
