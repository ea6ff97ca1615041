import ArgumentParser
import Tallystick

struct RegisterCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Make items exist, with nothing on hand.",
    discussion: """
      What exists already stays as it is. Receiving registers an item, too; this is
      for items that have a limit or a floor before they have stock, and for logs
      that refuse returns and transfers into new items (tally init --refuse-new).

      Example:
        tally register tea cup@berlin
      """)

  @Argument(help: ArgumentHelp("The items.", valueName: "sku[@location]"))
  var items: [String]

  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { nil }

  func operation() throws -> Operation {
    if let flaw = Form.flaw(ofLineCount: items.count) { throw CommandFailure.usage(flaw) }
    return .register(try items.map { try Arguments.item($0) })
  }
}
