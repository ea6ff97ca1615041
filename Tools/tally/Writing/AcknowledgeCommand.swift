import ArgumentParser
import Tallystick

struct AcknowledgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acknowledge",
    abstract: "Say that a consumer has handled every event up to one.",
    discussion: """
      The position is kept in the log, and only goes forward: an older one changes
      nothing and answers "repeated". 0 makes a consumer known that has handled
      nothing. Each acknowledgement is an event of some 2 to 160 bytes on disk:
      acknowledge many events at once rather than each.

      Example:
        tally acknowledge orders 0
        tally acknowledge orders 90210
      """)

  @Argument(help: "Who has handled them: 1 to 64 bytes.")
  var consumer: String

  @Argument(help: ArgumentHelp("The last event that it has handled.", valueName: "seq"))
  var position: String

  @OptionGroup var waiting: WaitOption
  @OptionGroup var server: ServerOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    let command = Command(
      .acknowledge(
        consumer: try Arguments.name(consumer, "consumer"),
        through: UInt64(try Arguments.quantity(position, of: position, in: Form.levels))))
    let target = try waiting.target(server, shared)
    defer { target.end(givesUpSnapshot: false) }
    try Answer.give(target.take(command), to: command, json: shared.json)
  }
}

struct ForgetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget",
    abstract: "Keep a consumer's position no longer.",
    discussion: """
      For a consumer that reads no more. What it acknowledged stays in the log's
      history; the name can begin anew. To forget nobody changes nothing.

      Example:
        tally forget orders
      """)

  @Argument(help: "Who reads no more.")
  var consumer: String

  @OptionGroup var waiting: WaitOption
  @OptionGroup var server: ServerOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    let command = Command(.forgetConsumer(try Arguments.name(consumer, "consumer")))
    let target = try waiting.target(server, shared)
    defer { target.end(givesUpSnapshot: false) }
    try Answer.give(target.take(command), to: command, json: shared.json)
  }
}
