import ArgumentParser
import Tallystick

struct CommitCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "commit",
    abstract: "Make a reservation's sale final, in part or whole.",
    discussion: """
      Without lines: all that is still open. With lines: exactly those, or nothing.
      With --more they may be more than is held: the rest is taken from what is
      available, or nothing happens (for goods that are weighed at the counter).

      Example:
        tally commit order-1
        tally commit order-2 tea=1 --key order-2-first-parcel
        tally commit order-3 salmon=1040 --more
      """)

  @Argument(help: "The reservation's id.")
  var id: String

  @Argument(help: ArgumentHelp("What is sold, and how many.", valueName: "sku[@location]=qty"))
  var items: [String] = []

  @Flag(help: "Take what is not held of these items from what is available.")
  var more = false

  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    if more {
      return .commitMore(id: try Arguments.name(id, "reservation id"), try Arguments.lines(items))
    }
    return .commit(id: try Arguments.name(id, "reservation id"), items.isEmpty ? nil : try Arguments.lines(items))
  }
}
