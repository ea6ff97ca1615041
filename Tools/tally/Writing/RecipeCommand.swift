import ArgumentParser
import Tallystick

struct RecipeCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe",
    abstract: "Say what an item is made of: reserving it takes its parts as well.",
    discussion: """
      For bundles, and for a pool that several items share: no caller can forget
      the parts, because the log takes them. A unit of the item itself is taken,
      too, if some of it is on hand now or ever is from then on; else it is made
      of its parts only. Available is then what can be made. A part has no recipe
      of its own; it is where the item is, unless a location is named.

      Holds that are there already stay as they are. Commits, releases, amendments
      and returns name the lines that a reservation holds: its parts.

      Example:
        tally recipe set tea=2 cup=1
        tally recipe child seats=1       tickets of several kinds, one pool of seats
        tally recipe set none
      """)

  @Argument(help: ArgumentHelp("The item.", valueName: "sku[@location]"))
  var item: String

  @Argument(help: ArgumentHelp("What one unit of it takes, or none.", valueName: "part[@location]=qty|none"))
  var parts: [String]

  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    let item = try Arguments.item(item)
    let parts = parts == ["none"] ? [] : try Arguments.lines(parts, at: item.location)
    if let flaw = Form.flaw(ofRecipe: item, parts) { throw CommandFailure.usage(flaw) }
    return .recipe(item, parts)
  }
}
