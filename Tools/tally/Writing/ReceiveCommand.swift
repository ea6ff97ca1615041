import ArgumentParser
import Tallystick

struct ReceiveCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "receive",
    abstract: "Add goods to the stock.",
    discussion: """
      Example:
        tally receive tea=100 cup@berlin=20 --ref PO-7 --key delivery-4711
        tally receive tea=5 --ref "found" --effective 2026-01-31T12:00:00Z
      """)

  @Argument(help: ArgumentHelp("What came, and how many.", valueName: "sku[@location]=qty"))
  var items: [String]

  @Option(help: "A reference, such as a purchase order (up to 256 bytes).")
  var ref: String?

  @OptionGroup var effective: EffectiveOption
  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    effective.dated(
      .receive(try Arguments.lines(items), reference: try ref.map { try Arguments.text($0, "reference") }))
  }
}
