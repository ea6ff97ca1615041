import ArgumentParser
import Tallystick

struct ReserveCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "reserve",
    abstract: "Hold goods for an order: every line, or none.",
    discussion: """
      The id is the reservation's for ever. A retry with the same content gets the
      first answer again; with other content it is rejected as a conflict.

      With --wait or --wait=D, what cannot be held whole now stands in line: it holds
      nothing, and is filled as soon as there is enough for it and all before it; the
      time limit begins then. Without D it waits until it is released. (--wait 5s, in
      two words, is how long to wait for another writer.)

      Example:
        tally reserve order-1 tea=2 cup@berlin=1 --customer c-9 --ttl 15m
        tally reserve order-2 'tea@*=5'    from any location, the one registered first first
        tally reserve order-2 tea=500 --wait=7d --ttl 2h
        tally queue tea
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
  @Option(
    name: .customLong("wait-in-line"),
    help: ArgumentHelp(
      "Wait in line for what cannot be held now, so long or forever; short: --wait=D, --wait.", valueName: "D|forever"),
    transform: WaitInLine.init(argument:))
  var waitInLine: WaitInLine?

  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { nil }

  func operation() throws -> Operation {
    if let ttl, Form.flaw(of: ttl.count, in: Form.timesToLive, "--ttl") != nil {
      throw CommandFailure.usage("--ttl must be at least 1ms; leave it out for no limit")
    }
    return .reserve(
      id: try Arguments.name(id, "reservation id"), try Arguments.lines(items),
      customer: try customers.name(customer), timeToLive: ttl?.count,
      wait: waitInLine?.wait)
  }
}

/// How long to wait in line, on the command line.
struct WaitInLine {
  var wait: Operation.Wait

  init(argument: String) throws {
    if argument == "forever" {
      wait = .forever
    } else {
      let duration = try Milliseconds(argument: argument)
      guard duration.count > 0 else { throw ValidationError("waiting in line takes at least 1ms") }
      wait = .milliseconds(duration.count)
    }
  }
}
