import ArgumentParser
import Tallystick

struct ReleaseCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Let go of what a reservation holds, in part or whole.",
    discussion: """
      Without lines: all that is still open. With lines: exactly those, or nothing.

      Example:
        tally release order-1
        tally release order-2 tea=1 --key order-2-first-parcel
      """)

  @Argument(help: "The reservation's id.")
  var id: String

  @Argument(help: ArgumentHelp("What is released, and how many.", valueName: "sku[@location]=qty"))
  var items: [String] = []

  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    .release(id: try Arguments.name(id, "reservation id"), items.isEmpty ? nil : try Arguments.lines(items))
  }
}
