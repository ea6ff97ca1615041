import ArgumentParser
import TallyJSON
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
      """)

  @Option(help: "The first sequence number.")
  var from: UInt64 = 1

  @Option(help: "The last sequence number.")
  var to: UInt64?

  @Option(help: "Only events that name this SKU.")
  var sku: String?

  @Option(help: "Only events that name an item at this location.")
  var location: String?

  @Option(help: "Only events of this reservation, or with this key.")
  var id: String?

  @Flag(help: "Wait for more, until Ctrl-C.")
  var follow = false

  @OptionGroup var shared: SharedOptions

  func run() throws {
    var filter = EventFilter()
    filter.from = from
    filter.to = to
    filter.sku = try sku.map { try Arguments.name($0, "SKU") }
    filter.location = try location.map { try Arguments.name($0, "location") }
    filter.id = try id.map { try Arguments.name($0, "id") }
    let reader = try shared.reader()
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
}
