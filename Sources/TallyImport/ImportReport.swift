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
    /// It is no row of a document, such as a total, as the mapping says.
    case noRow = "no-row"
    /// Another row of its document cannot be read, and a document is imported whole or not at all.
    case leftOut = "left-out"
    /// It calls off what the log does not have.
    case nothingToCancel = "nothing-to-cancel"
  }

  /// What a command does.
  public enum CommandKind: String, CaseIterable, Sendable {
    case opening, receive, order, commit
    case returned = "return"
    case writeOff = "write-off"
    case found, count, transfer, cancel, amend
    case stockList = "stock-list"
  }

  /// Rows that one reason costs.
  public struct ProblemCount: Equatable, Sendable {
    public var reason: String
    public var rows: Int
    /// The first message, with its line.
    public var example: String

    public init(reason: String, rows: Int, example: String) {
      self.reason = reason
      self.rows = rows
      self.example = example
    }
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

    mutating func add(_ other: Count) {
      accepted += other.accepted
      repeated += other.repeated
      rejected.merge(other.rejected, uniquingKeysWith: +)
      invalid += other.invalid
      failed += other.failed
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

  /// Fields that had blanks around what they have, which were left out.
  public var trimmedFields = 0
  /// Names above 64 bytes that were shortened.
  public var shortenedNames = 0
  /// Of documents that had too many items for one command: the commands that they became.
  public var parts = 0
  /// Columns that look as if they said what a row means, and that the mapping does not look at.
  public var ignoredColumns: [String] = []
  /// The rows were sorted because documents do not stand together, or the mapping said so.
  public var isSorted = false

  /// What was wrong, those that cost most rows first: whoever was told of the problems counts them.
  public var problems: [ProblemCount] = []

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
  /// What is wrong in general, the same for all that have it: to count by.
  public var reason: String
  /// Rows that it costs.
  public var rows = 1
  /// `nil`: about no line, but the opening stock.
  public var line: Int?
  public var message: String

  /// As one line for people.
  public var description: String { line.map { "line \($0): \(message)" } ?? message }
}
