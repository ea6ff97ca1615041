import ArgumentParser
import Tallystick

struct PreferCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "prefer",
    abstract: "Say which locations a line at any location is taken from first.",
    discussion: """
      A reservation of tea@* takes the tea from these locations, in this order, of
      each as much as is available; then from the others, as they were registered.
      There must be such items. It moves nothing.

      Example:
        tally prefer tea berlin main
        tally prefer tea none
      """)

  @Argument(help: ArgumentHelp("The SKU.", valueName: "sku"))
  var sku: String

  @Argument(help: ArgumentHelp("Locations, the first one first, or none.", valueName: "location|none"))
  var locations: [String]

  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    let sku = try Arguments.name(sku, "the SKU")
    let locations = locations == ["none"] ? [] : try locations.map { try Arguments.name($0, "the location") }
    if let flaw = Form.flaw(ofPreference: sku, locations) { throw CommandFailure.usage(flaw) }
    return .prefer(sku, locations)
  }
}
