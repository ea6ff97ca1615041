import ArgumentParser
import Tallystick

struct ReturnCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "return",
    abstract: "Take sold goods back into the stock.",
    discussion: """
      With --order no more of each item comes back than that reservation has sold, tally
      show tells it, and the customer's limit gets it back.

      Example:
        tally return tea=1 --ref RMA-3 --key rma-3
        tally return tea=1 --order order-1 --key rma-4
      """)

  @Argument(help: ArgumentHelp("What came back, and how many.", valueName: "sku[@location]=qty"))
  var items: [String]

  @Option(help: "A reference, such as a return's number (up to 256 bytes).")
  var ref: String?

  @Option(help: "The reservation that had sold it.")
  var order: String?

  @OptionGroup var effective: EffectiveOption
  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    let reference = try ref.map { try Arguments.text($0, "reference") }
    if let order {
      return effective.dated(
        .returnedOf(
          order: try Arguments.name(order, "reservation id"), try Arguments.lines(items), reference: reference))
    }
    return effective.dated(.returned(try Arguments.lines(items), reference: reference))
  }
}
