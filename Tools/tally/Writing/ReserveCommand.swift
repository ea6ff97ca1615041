import ArgumentParser
import Tallystick

struct ReserveCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "reserve",
    abstract: "Hold goods for an order: every line, or none.",
    discussion: """
      The id is the reservation's for ever. A retry with the same content gets the
      first answer again; with other content it is rejected as a conflict.

      Example:
        tally reserve order-1 tea=2 cup@berlin=1 --customer c-9 --ttl 15m
        tally reserve order-2 'tea@*=5'    from any location, the one registered first first
      """)

  @Argument(help: "The reservation's id (1 to 64 bytes).")
  var id: String

  @Argument(help: ArgumentHelp("What to hold, and how many.", valueName: "sku[@location|@*]=qty"))
  var items: [String]

  @Option(help: "The customer's pseudonym: the log never forgets.")
  var customer: String?

  @Option(
    help: "When the hold falls due, from now on: 500ms, 5s, 15m, 2h, 7d (default: never).",
    transform: Milliseconds.init(argument:))
  var ttl: Milliseconds?

  @OptionGroup var customers: PseudonymOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { nil }

  func operation() throws -> Operation {
    if let ttl, Form.flaw(of: ttl.count, in: Form.timesToLive, "--ttl") != nil {
      throw CommandFailure.usage("--ttl must be at least 1ms; leave it out for no limit")
    }
    return .reserve(
      id: try Arguments.name(id, "reservation id"), try Arguments.lines(items),
      customer: try customers.name(customer), timeToLive: ttl?.count)
  }
}
