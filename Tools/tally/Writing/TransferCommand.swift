import ArgumentParser
import Tallystick

struct TransferCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer",
    abstract: "Move stock from one location to another.",
    discussion: """
      What moves must be available, unless --with says whose holds go with it: those
      reservations keep their ids and places, and hold at the new location what they
      held at the old one. With all, the oldest go first, as far as the goods do.

      Example:
        tally transfer tea=5 --from main --to berlin
        tally transfer game=10 --from incoming --to main --with all
        tally transfer game=6 --from incoming --to main --with pre-1,pre-2
      """)

  @Argument(help: ArgumentHelp("What moves, and how many.", valueName: "sku=qty"))
  var item: String

  @Option(help: "The location that gives.")
  var from: String

  @Option(help: "The location that gets.")
  var to: String

  @Option(name: .customLong("with"), help: ArgumentHelp("Whose holds go with the goods.", valueName: "id[,id]|all"))
  var holds: String?

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
    if let holds {
      let selection: HoldSelection =
        holds == "all"
        ? .all
        : .of(
          try holds.split(separator: ",", omittingEmptySubsequences: false).map {
            try Arguments.name(String($0), "reservation id")
          })
      if let flaw = Form.flaw(of: selection) { throw CommandFailure.usage("--\(flaw)") }
      return .transferWith(sku: line.item.sku, quantity: line.quantity, from: from, to: to, selection)
    }
    return .transfer(sku: line.item.sku, quantity: line.quantity, from: from, to: to)
  }
}
