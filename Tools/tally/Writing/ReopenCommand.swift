import ArgumentParser
import Tallystick

struct ReopenCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "reopen",
    abstract: "Hold again what a reservation had that expired or was released.",
    discussion: """
      All of it, if it is there, or nothing; by the same id, from now on. Not what
      is open (see extend), nor anything of which some was sold.

      Example:
        tally reopen order-1 --ttl 15m
        tally reopen order-2
      """)

  @Argument(help: "The reservation's id.")
  var id: String

  @Option(
    help: ArgumentHelp(
      "From now on: 500ms, 5s, 15m, 2h, 7d, or none (default: it never expires).", valueName: "time|none"))
  var ttl: String = "none"

  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    .reopen(id: try Arguments.name(id, "reservation id"), timeToLive: try Arguments.timeToLive(ttl))
  }
}
