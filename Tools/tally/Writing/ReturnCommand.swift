import ArgumentParser
import Tallystick

struct ReturnCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "return",
    abstract: "Take sold goods back into the stock.",
    discussion: """
      Example:
        tally return tea=1 --ref RMA-3 --key rma-3
      """)

  @Argument(help: ArgumentHelp("What came back, and how many.", valueName: "sku[@location]=qty"))
  var items: [String]

  @Option(help: "A reference, such as a return's number (up to 256 bytes).")
  var ref: String?

  @OptionGroup var effective: EffectiveOption
  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    effective.dated(
      .returned(try Arguments.lines(items), reference: try ref.map { try Arguments.text($0, "reference") }))
  }
}
