import ArgumentParser
import TallyJSON
import TallyText
import Tallystick

struct HoldsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holds",
    abstract: "What is held, reservation by reservation, oldest first.",
    discussion: """
      A hold that is due is held although its time is over: the next command that
      is judged expires it, and so does tally expire.

      Example:
        tally holds
        tally holds --sku tea --customer c-9
        tally holds --due
        tally holds --waiting --sku tea
        tally holds --due-by 2026-01-31T23:59:59Z --json
      """)

  @Flag(help: "Only holds whose time is over.")
  var due = false

  @Flag(help: "Those that wait in line and hold nothing yet, with their places.")
  var waiting = false

  @Option(
    name: .customLong("due-by"),
    help: ArgumentHelp("Only holds whose time is over by then.", valueName: "time"), transform: RFC3339.init(argument:))
  var dueBy: RFC3339?

  @Option(help: "Only reservations that hold this SKU.")
  var sku: String?

  @Option(help: "Only reservations that hold something at this location.")
  var location: String?

  @Option(help: "Only this customer's.")
  var customer: String?

  @OptionGroup var server: ServerOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    var filter = HoldFilter()
    filter.isDue = due
    filter.isWaiting = waiting
    filter.dueBy = dueBy?.milliseconds
    filter.sku = try sku.map { try Arguments.name($0, "SKU") }
    filter.location = try location.map { try Arguments.name($0, "location") }
    filter.customer = try customer.map { try Arguments.name($0, "customer") }
    try Output.reading { output in
      func print(_ hold: ReservationStatus) throws -> Bool {
        if shared.json {
          try output.json { $0.write(hold) }
        } else {
          try output.line(HoldsCommand.describe(hold))
        }
        return true
      }
      guard let (questions, client) = try server.questions(shared) else {
        try shared.reader().holds(filter, print)
        return
      }
      defer { client.end() }
      try questions.holds(filter, print)
    }
  }

  /// One line for people.
  private static func describe(_ hold: ReservationStatus) -> String {
    var parts = [String(hold.sequence)]
    if let time = hold.time { parts.append(Timestamp.text(time)) }
    parts += ["\(hold.id)", hold.state.rawValue]
    parts.append(
      hold.state == .waiting
        ? hold.places.map { "\($0.item) \($0.quantity), place \($0.place)" }.joined(separator: "; ")
        : hold.lines.filter { $0.open > 0 }.map { "\($0.item) \($0.open)" }.joined(separator: ", "))
    if let customer = hold.customer { parts.append("customer \(customer)") }
    if let end = hold.givesUp { parts.append("\(hold.isDue ? "due since" : "waits until") \(Timestamp.text(end))") }
    if let expires = hold.expires {
      parts.append("\(hold.isDue ? "due since" : "expires") \(Timestamp.text(expires))")
    }
    return parts.joined(separator: "  ")
  }
}
