import ArgumentParser
import TallyJSON
import TallyShards
import TallyText
import Tallystick

struct StockCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stock",
    abstract: "What there is, now or at any moment of the past.",
    discussion: """
      Example:
        tally stock
        tally stock tea cup@berlin
        tally stock tea --at 1200
        tally stock --at 2026-01-31T23:59:59Z
      """)

  @Argument(help: ArgumentHelp("Items; a SKU alone means all its locations.", valueName: "sku[@location]"))
  var items: [String] = []

  @Option(
    help: ArgumentHelp("After this event, or after the last one not later than this time.", valueName: "seq|time"),
    transform: Moment.init(argument:))
  var at: Moment = .now

  @OptionGroup var server: ServerOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try server.refuse(at)
    let report = try report()
    let (levels, missing) = select(from: report.levels)
    try Output.reading { output in
      if shared.json {
        for level in levels { try output.json { $0.write(level, due: report.due[level.item] ?? 0) } }
      } else {
        for line in table(of: levels, due: report.due).lines { try output.line(line) }
      }
    }
    if let missing {
      let when = at == .now ? "" : " at event \(report.sequence)"
      throw CommandFailure(
        .rejected, "there is no item \(Arguments.quote(missing))\(when); tally stock lists what there is")
    }
  }

  private func report() throws -> StockReport {
    if let (questions, client) = try server.questions(shared) {
      defer { client.end() }
      return try questions.stock()
    }
    if Shards.isShop(try shared.name) {
      guard at == .now else {
        throw CommandFailure.usage(
          "--at is a moment of one log, and the shards of a shop have none in common: name a shard's log, as in --log "
            + ShardedDirectory(try shared.path).log(0).path)
      }
      return StockReport(told: try ShardedReader(try shared.path).stock())
    }
    let reader = try shared.reader()
    return try items.isEmpty ? reader.stock(at: at) : reader.stock(at: at, of: skus)
  }

  /// What the arguments may mean: a SKU may hold an @ itself.
  private var skus: Set<Name> {
    Set(items.map { Name($0) } + items.compactMap { (try? Arguments.item($0))?.sku })
  }

  /// The levels asked for, each once, and the first argument that names none.
  private func select(from all: [StockLevel]) -> ([StockLevel], missing: String?) {
    if items.isEmpty { return (all.sorted { $0.item < $1.item }, nil) }
    var bySKU: [Name: [StockLevel]] = [:]
    for level in all { bySKU[level.item.sku, default: []].append(level) }
    var chosen: [StockLevel] = []
    var shown = Set<ItemName>()
    var missing: String?
    for argument in items {
      // As a whole it comes first.
      if let levels = bySKU[Name(argument)] {
        chosen += levels.sorted { $0.item < $1.item }.filter { shown.insert($0.item).inserted }
      } else if let item = try? Arguments.item(argument),
        let level = bySKU[item.sku]?.first(where: { $0.item == item })
      {
        if shown.insert(item).inserted { chosen.append(level) }
      } else {
        missing = missing ?? argument
      }
    }
    return (chosen, missing)
  }

  private func made(_ level: StockLevel) -> String {
    let parts = level.parts.map { "\($0.item)=\($0.quantity)" }.joined(separator: " ")
    return parts.isEmpty || !level.hasOwnStock ? parts : "\(parts) and its own stock"
  }

  private func table(of levels: [StockLevel], due: [ItemName: Int64]) -> Table {
    let hasFloors = levels.contains { $0.floor > 0 }
    let isWaitedFor = levels.contains { $0.waiting > 0 }
    let hasRecipes = levels.contains { !$0.parts.isEmpty }
    let hasPreferences = levels.contains { $0.preference != nil }
    var table = Table(
      [("SKU", .left), ("LOCATION", .left), ("ON HAND", .right), ("HELD", .right)]
        + (hasFloors ? [("FLOOR", .right)] : []) + [("AVAILABLE", .right)]
        + (isWaitedFor ? [("WAITED FOR", .right)] : []) + [("LIMIT", .right), ("EVENT", .right)]
        + (hasPreferences ? [("PREFERRED", .right)] : []) + (hasRecipes ? [("MADE OF", .left)] : []))
    for level in levels {
      // The next command gives back what is due: it must not look like sold out for ever.
      let held = due[level.item].map { "\(level.held) (\($0) due)" } ?? "\(level.held)"
      table.add(
        ["\(level.item.sku)", "\(level.item.location)", "\(level.onHand)", held]
          + (hasFloors ? [level.floor > 0 ? "\(level.floor)" : ""] : []) + ["\(level.available)"]
          + (isWaitedFor ? ["\(level.waiting)"] : [])
          + [level.limit.map { "\($0)" } ?? "", "\(level.sequence)"]
          + (hasPreferences ? [level.preference.map { "\($0)" } ?? ""] : []) + (hasRecipes ? [made(level)] : []))
    }
    return table
  }
}

extension Moment: CustomStringConvertible {
  /// A sequence number or an RFC 3339 time.
  init(argument: String) throws {
    if !argument.isEmpty, argument.utf8.allSatisfy({ $0 &- 48 < 10 }) {
      guard let sequence = UInt64(argument) else { throw ValidationError("there are not so many events") }
      self = .sequence(sequence)
    } else if let time = Timestamp.milliseconds(argument) {
      self = .time(time)
    } else {
      throw ValidationError("write a sequence number, or a time as in 2026-01-31T23:59:59Z (RFC 3339)")
    }
  }

  public var description: String {
    switch self {
    case .now: "now"
    case .sequence(let sequence): "\(sequence)"
    case .time(let time): Timestamp.text(time)
    }
  }
}
