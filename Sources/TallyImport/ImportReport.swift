import Tallystick

/// Where every row of the file went. The rows are the sum: ``isComplete`` says so.
public struct ImportReport: Sendable {
  /// Why a row became no command.
  public enum SkipReason: String, CaseIterable, Sendable {
    case blank
    /// Its code is not stock, as the mapping says.
    case notStock = "not-stock"
    case zeroQuantity = "zero-quantity"
    /// The mapping skips quantities of its sign in such documents.
    case bySign = "by-sign"
    /// It is no CSV, or a field is not what its column should be.
    case malformed
    case notUTF8 = "not-utf8"
  }

  /// What a command does.
  public enum CommandKind: String, CaseIterable, Sendable {
    case opening, receive, order, commit
    case returned = "return"
    case writeOff = "write-off"
  }

  /// How many had which answer.
  public struct Count: Equatable, Sendable {
    public var accepted = 0
    /// The log had it already.
    public var repeated = 0
    public var rejected: [Rejection.Reason: Int] = [:]
    /// No command at all, such as a document of more than 4,096 items.
    public var invalid = 0
    /// The log failed: the outcome is unknown.
    public var failed = 0

    public init() {}
    public var rejectedTotal: Int { rejected.values.reduce(0, +) }
    public var total: Int { accepted + repeated + rejectedTotal + invalid + failed }

    mutating func add(_ answer: Answer, _ count: Int) {
      guard count > 0 else { return }
      switch answer {
      case .accepted: accepted += count
      case .repeated: repeated += count
      case .rejected(let reason): rejected[reason, default: 0] += count
      case .invalid: invalid += count
      case .failed: failed += count
      }
    }
  }

  enum Answer {
    case accepted, repeated, invalid, failed
    case rejected(Rejection.Reason)
  }

  /// Records after the first line, blank ones included.
  public var rows = 0
  /// The answers to rows: each has that of the command it became part of.
  public var rowAnswers = Count()
  public var skipped: [SkipReason: Int] = [:]
  /// Rows that were read but not asked for any more when the import was stopped.
  public var unsent = 0

  /// The answers to commands. A commit is counted only where its order stands.
  public var commands: [CommandKind: Count] = [:]
  /// Units that accepted commands moved; repeated ones are not counted again.
  public var units: [CommandKind: Int64] = [:]
  /// Items with opening stock.
  public var openingItems = 0
  /// Accepted rows that were recorded later than they are dated.
  public var lateRows = 0

  /// The last line whose answer is known, and all before it.
  public var lastLine = 1
  /// The log's last event when the import ended.
  public var lastSequence: UInt64 = 0
  /// It was cancelled; running it again goes on.
  public var isStopped = false
  /// Why the log failed, if it did.
  public var failure: String?

  public init() {}

  /// Whether rows are the sum of their answers, those skipped and those not asked for.
  public var isComplete: Bool { rows == rowAnswers.total + skipped.values.reduce(0, +) + unsent }
  /// Rows that the file is to blame for.
  public var malformed: Int { skipped[.malformed, default: 0] + skipped[.notUTF8, default: 0] + rowAnswers.invalid }
  /// Whether any command, the opening stock included, was rejected.
  public var hasRejections: Bool { commands.values.contains { $0.rejectedTotal > 0 } }
}

/// Something about one place of the file that somebody should know.
public struct ImportProblem: Sendable {
  public enum Kind: Sendable {
    /// The row is wrong; it was left out.
    case malformed
    /// The log said no.
    case rejected
  }
  public var kind: Kind
  /// `nil`: about no line, but the opening stock.
  public var line: Int?
  public var message: String

  /// As one line for people.
  public var description: String { line.map { "line \($0): \(message)" } ?? message }
}
