import ArgumentParser
import TallyJSON
import TallyShards
import TallyText
import Tallystick

struct EventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "What happened, in order; with --follow also what happens from now on.",
    discussion: """
      Example:
        tally events --from 100 --to 200
        tally events --sku tea --follow
        tally events --id order-1 --json
        tally events --customer c-9 --since 2026-01-01T00:00:00Z
        tally events --ref PO-7
        tally events --shard 2          of a shop of several shards
      """)

  @Option(help: "The first sequence number.")
  var from: UInt64 = 1

  @Option(help: "The last sequence number.")
  var to: UInt64?

  @Option(
    help: ArgumentHelp("Only events at this time or later.", valueName: "time"), transform: RFC3339.init(argument:))
  var since: RFC3339?

  @Option(
    help: ArgumentHelp("Only events at this time or earlier.", valueName: "time"), transform: RFC3339.init(argument:))
  var until: RFC3339?

  @Option(help: "Only events that name this SKU.")
  var sku: String?

  @Option(help: "Only events that name an item at this location.")
  var location: String?

  @Option(help: "Only events of this reservation, or with this key.")
  var id: String?

  @Option(help: "Only events of this customer's reservations.")
  var customer: String?

  @Option(help: "Only events with this reference.")
  var ref: String?

  @Option(help: ArgumentHelp("Of a shop of several shards: whose events.", valueName: "n"))
  var shard: Int?

  @Flag(help: "Wait for more, until Ctrl-C.")
  var follow = false

  @OptionGroup var server: ServerOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    var filter = EventFilter()
    filter.from = from
    filter.to = to
    filter.sku = try sku.map { try Arguments.name($0, "SKU") }
    filter.location = try location.map { try Arguments.name($0, "location") }
    filter.id = try id.map { try Arguments.name($0, "id") }
    filter.customer = try customer.map { try Arguments.name($0, "customer") }
    filter.reference = try ref.map { try Arguments.text($0, "reference", minimum: 1) }
    filter.since = since?.milliseconds
    filter.until = until?.milliseconds
    if let (questions, client) = try server.questions(shared) {
      defer { client.end() }
      return try show(filter, from: questions)
    }
    let reader = try reader()
    try Output.reading { output in
      func print(_ event: RecordedEvent) throws {
        if shared.json {
          try output.json { $0.write(event) }
        } else {
          try output.line(EventText.describe(event))
        }
      }
      if follow {
        Interrupt.listen()
        try reader.follow(filter, pollInterval: .milliseconds(50), isCancelled: { Interrupt.isRequested }) { event in
          try print(event)
          try output.flush()
          return !Interrupt.isRequested
        }
      } else {
        try reader.events(filter) { event in
          try print(event)
          return true
        }
      }
    }
  }

  private func reader() throws -> LogReader {
    guard Shards.isShop(try shared.name) else {
      if shard != nil { throw CommandFailure.usage("--shard is for a shop of several shards, and this is one log") }
      return try shared.reader()
    }
    let shop = try ShardedReader(try shared.path) { StandardError.print("warning: \($0)") }
    guard let shard else {
      throw CommandFailure.usage(
        "the events of a shop are those of its shards, each with numbers of its own: choose one with --shard 0 to "
          + "--shard \(shop.map.count - 1)")
    }
    return try shop.log(shard)
  }

  private func show(_ filter: EventFilter, from questions: ServedQuestions) throws {
    if follow { Interrupt.listen() }
    try Output.reading { output in
      try questions.events(filter, follows: follow) { line in
        if shared.json {
          try output.raw(line + [0x0A])
        } else {
          try output.line(EventText.describe(try questions.event(line)))
        }
        if follow { try output.flush() }
        return !Interrupt.isRequested
      }
    }
  }
}
