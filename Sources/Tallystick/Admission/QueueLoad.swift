/// How much waits: what admission goes by.
struct QueueLoad: Equatable, Sendable {
  var commands = 0
  /// About how much memory they take.
  var bytes = 0

  /// Of what must always be taken.
  static let none = QueueLoad()
  /// Of a question.
  static let question = QueueLoad(commands: 1, bytes: 256)

  static func + (a: QueueLoad, b: QueueLoad) -> QueueLoad {
    QueueLoad(commands: a.commands &+ b.commands, bytes: a.bytes &+ b.bytes)
  }

  /// What an array takes beside its elements, and an allocator's share.
  private static let array = 48

  /// Of a command on its own. Cost: a look at each line, none at a name.
  init(_ command: borrowing Command) {
    self.init(commands: 1, bytes: MemoryLayout<Command>.stride + QueueLoad.bytes(of: command.operation))
  }

  /// Of commands whose rows have been made. Cost: a look at each that is no row.
  init(_ commands: [Command], _ rows: borrowing NamedRows) {
    self.init(commands: commands.count, bytes: commands.count * QueueLoad.plainCommand + rows.queuedBytes)
  }

  /// Cost: none that grows with the commands.
  init(_ commands: borrowing GatheredCommands) {
    self.init(
      commands: commands.count, bytes: commands.wholeCount * QueueLoad.plainCommand + commands.rows.queuedBytes)
  }

  /// Cost: none that grows with the rows.
  init(_ rows: borrowing PreparedRows) { self.init(commands: rows.count, bytes: rows.queuedBytes) }

  private init(commands: Int, bytes: Int) { (self.commands, self.bytes) = (commands, bytes) }
  private init() {}

  /// A reservation of one line with short names, beside its row.
  private static let plainCommand =
    MemoryLayout<Command>.stride + MemoryLayout<Line>.stride + 3 * (array + Limits.maxNameBytes / 2)

  /// What an operation holds in memory of its own.
  static func bytes(of operation: borrowing Operation) -> Int {
    switch copy operation {
    case .receive(let lines, let text), .returned(let lines, let text):
      return bytes(of: lines.count) + array + (text?.bytes.count ?? 0)
    case .returnedOf(_, let lines, let text):
      return bytes(of: lines.count) + 2 * array + Limits.maxNameBytes + (text?.bytes.count ?? 0)
    case .reserve(_, let lines, _, _, _): return bytes(of: lines.count) + 2 * (array + Limits.maxNameBytes)
    case .commit(_, let lines), .release(_, let lines):
      return bytes(of: lines?.count ?? 0) + array + Limits.maxNameBytes
    case .commitMore(_, let lines), .amend(_, let lines): return bytes(of: lines.count) + array + Limits.maxNameBytes
    case .extend, .reopen: return array + Limits.maxNameBytes
    case .adjust(_, _, let reason, _): return bytes(of: 1) + array + reason.bytes.count
    case .expire: return 0
    case .transfer, .limit, .floor: return 2 * bytes(of: 1)
    case .transferWith(_, _, _, _, let holds):
      guard case .of(let ids) = holds else { return 2 * bytes(of: 1) }
      return 2 * bytes(of: 1) + array + ids.count * (array + Limits.maxNameBytes)
    case .register(let items): return bytes(of: items.count)
    case .recipe(_, let parts): return bytes(of: 1 + parts.count)
    case .prefer(_, let locations): return bytes(of: 1 + locations.count)
    case .acknowledge, .forgetConsumer: return 0
    case .dated(let movement, _): return array + MemoryLayout<Operation>.stride + bytes(of: movement)
    case .batch(let operations):
      return operations.reduce(array) { $0 + MemoryLayout<Operation>.stride + bytes(of: $1) }
    }
  }

  private static func bytes(of lines: Int) -> Int {
    array + lines * (MemoryLayout<Line>.stride + array + Limits.maxNameBytes / 2)
  }
}
