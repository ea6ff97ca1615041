import ArgumentParser
import Tallystick

struct TransferCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer",
    abstract: "Move available stock from one location to another.",
    discussion: """
      Example:
        tally transfer tea=5 --from main --to berlin
      """)

  @Argument(help: ArgumentHelp("What moves, and how many.", valueName: "sku=qty"))
  var item: String

  @Option(help: "The location that gives.")
  var from: String

  @Option(help: "The location that gets.")
  var to: String

  @OptionGroup var effective: EffectiveOption
  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    let line = try Arguments.line(item)
    if item.utf8.contains(UInt8(ascii: "@")) {
      throw CommandFailure.usage("a transfer names its locations with --from and --to, not in \(Arguments.quote(item))")
    }
    let from = try Arguments.name(from, "location")
    let to = try Arguments.name(to, "location")
    if let flaw = Form.flaw(ofTransferFrom: from, to: to, "--from and --to") { throw CommandFailure.usage(flaw) }
    return effective.dated(.transfer(sku: line.item.sku, quantity: line.quantity, from: from, to: to))
  }
}
