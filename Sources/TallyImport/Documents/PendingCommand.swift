import Tallystick

/// A command and the rows that it stands for.
struct PendingCommand {
  var kind: ImportReport.CommandKind
  var command: Command
  /// Of the file; `nil`: of the opening stock.
  var line: Int?
  var document: Name
  var rows: Int
  var units: Int64
  /// Of all its rows, where somebody wants to know.
  var rowLines: [Int] = []
  var isTooLong = false
  /// One of several commands that a document became because it has too many items for one.
  var isPart = false
  /// Why it is no command at all.
  var flaw: String?
  /// Dated before what the log has: sent with a later time.
  var isLate = false
  /// Opening stock of items that an earlier import did not have.
  var isContinuation = false
  /// Sent only to learn whether the log has it already.
  var isProbe = false

  /// Lines of the command, for the size of a batch.
  var lineCount: Int {
    switch command.operation {
    case .receive(let lines, _), .reserve(_, let lines, _, _, _), .returned(let lines, _): lines.count
    case .batch(let operations): operations.count
    default: 1
    }
  }

  /// Of what the log may hold already and what happens at a time that no row tells: it is never too late for it.
  var settles: Bool { kind == .commit || kind == .cancel || kind == .amend || isContinuation }
}
