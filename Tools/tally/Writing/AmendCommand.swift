import ArgumentParser
import Tallystick

struct AmendCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "amend",
    abstract: "Change how much an open reservation holds: more, less, other items.",
    discussion: """
      What is open of the named items becomes these quantities, all of it or
      nothing; 0 drops one, and items that the reservation did not have are added.
      Its other lines, its id and its place stay. What leaves nothing is a release.

      Example:
        tally amend order-1 mug=5
        tally amend order-1 mug=0 cup@berlin=2 --key order-1-call-2
      """)

  @Argument(help: "The reservation's id.")
  var id: String

  @Argument(help: ArgumentHelp("What is to be held, and how many.", valueName: "sku[@location]=qty"))
  var items: [String]

  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    .amend(id: try Arguments.name(id, "reservation id"), try Arguments.lines(items, in: Form.levels))
  }
}
