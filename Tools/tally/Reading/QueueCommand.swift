import ArgumentParser
import TallyJSON
import TallyText
import Tallystick

struct QueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "Who waits in line for an item, in order.",
    discussion: """
      First come, first served: nobody gets an item before all who came earlier have
      theirs. BEFORE is how many units those want together.

      Example:
        tally queue tea
        tally queue cup@berlin --id order-2
        tally queue tea --at 2026-01-31T23:59:59Z
      """)

  @Argument(help: ArgumentHelp("An item; a SKU alone means all its locations.", valueName: "sku[@location]"))
  var item: String

  @Option(help: "Only this reservation's place.")
  var id: String?

  @Option(
    help: ArgumentHelp("After this event, or after the last one not later than this time.", valueName: "seq|time"),
    transform: Moment.init(argument:))
  var at: Moment = .now

  @OptionGroup var server: ServerOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    let name = try id.map { try Arguments.name($0, "reservation id") }
    try server.refuse(at)
    var places = try line()
    if let name {
      places = places.filter { $0.id == name }
      if places.isEmpty {
        throw CommandFailure(
          .rejected,
          "\(Arguments.quote(id ?? "")) does not wait for \(Arguments.quote(item)); tally show tells its story")
      }
    }
    try Output.reading { output in
      if shared.json {
        for place in places { try output.json { $0.write(place) } }
      } else {
        for line in table(of: places).lines { try output.line(line) }
      }
    }
  }

  /// Who waits for what the argument means: a SKU may hold an @ itself.
  private func line() throws -> [WaitingPlace] {
    guard let (questions, client) = try server.questions(shared) else {
      let reader = try shared.reader()
      return try line(
        { try reader.queue(of: $0, at: at) },
        hasItem: { item in try reader.stock(at: at, of: [item.sku]).levels.contains { $0.item == item } })
    }
    defer { client.end() }
    return try line(questions.queue, hasItem: questions.hasItem)
  }

  private func line(
    _ queue: (Name) throws -> [WaitingPlace]?, hasItem: (ItemName) throws -> Bool
  ) throws -> [WaitingPlace] {
    if let places = try queue(Name(item)) { return places }
    if let item = try? Arguments.item(item), item.sku != Name(self.item), let places = try queue(item.sku),
      try hasItem(item)
    {
      return places.filter { $0.item == item }
    }
    throw CommandFailure(
      .rejected, "there is no item \(Arguments.quote(item)); tally stock lists what there is")
  }

  private func table(of places: [WaitingPlace]) -> Table {
    var table = Table([
      ("SKU", .left), ("LOCATION", .left), ("PLACE", .right), ("ID", .left), ("WANTS", .right), ("BEFORE", .right),
      ("SINCE", .left), ("UNTIL", .left), ("CUSTOMER", .left),
    ])
    for place in places {
      table.add(
        "\(place.item.sku)", "\(place.item.location)", "\(place.place)", "\(place.id)", "\(place.quantity)",
        "\(place.unitsBefore)", Timestamp.text(place.time), place.givesUp.map { Timestamp.text($0) } ?? "filled",
        place.customer.map { "\($0)" } ?? "")
    }
    return table
  }
}
