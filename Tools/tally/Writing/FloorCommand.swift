import ArgumentParser
import Tallystick

struct FloorCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "floor",
    abstract: "Keep units of an item from being reserved: a safety stock, another channel's share.",
    discussion: """
      Available is what is on hand, less what is held, less the floor. Holds that
      are there already stay, and a stock-take may go below the floor.

      Example:
        tally floor tea 5
        tally floor cup@berlin 0
      """)

  @Argument(help: ArgumentHelp("The item.", valueName: "sku[@location]"))
  var item: String

  @Argument(help: ArgumentHelp("Units that cannot be reserved; 0: all can.", valueName: "qty"))
  var floor: String

  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    .floor(try Arguments.item(item), try Arguments.quantity(floor, of: floor, in: Form.levels))
  }
}
