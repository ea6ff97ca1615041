import ArgumentParser
import Tallystick

struct LimitCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "limit",
    abstract: "Limit how many of an item one customer may hold or buy.",
    discussion: """
      Example:
        tally limit tea 2
        tally limit cup@berlin none
      """)

  @Argument(help: ArgumentHelp("The item.", valueName: "sku[@location]"))
  var item: String

  @Argument(help: ArgumentHelp("Units a customer, or none.", valueName: "qty|none"))
  var limit: String

  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    .limit(
      try Arguments.item(item),
      limit == "none" ? nil : try Arguments.quantity(limit, of: limit, in: Form.levels))
  }
}
