import ArgumentParser
import Tallystick

struct AdjustCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "adjust",
    abstract: "Correct what is on hand, after a stock-take or a loss.",
    discussion: """
      Refused if it would take what is held, unless --release says which holds to
      let go: whole reservations, newest or oldest first, as many as needed; with
      --trim of each only the units that are missing.

      Example:
        tally adjust tea --to 90 --reason "stock-take"
        tally adjust cup@berlin --by -3 --reason broken --release newest --trim
      """)

  @Argument(help: ArgumentHelp("The item.", valueName: "sku[@location]"))
  var item: String

  @Option(parsing: .unconditional, help: "What is on hand now.")
  var to: String?

  @Option(parsing: .unconditional, help: "What is more (or less, with a minus) on hand.")
  var by: String?

  @Option(help: "Why (1 to 256 bytes).")
  var reason: String

  @Option(help: "Which holds to release if need be: newest or oldest.")
  var release: Policy?

  @Flag(help: "Release only the units that are missing, not whole reservations.")
  var trim = false

  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  enum Policy: String, ExpressibleByArgument, CaseIterable {
    case newest, oldest
  }

  func operation() throws -> Operation {
    if trim, release == nil {
      throw CommandFailure.usage("--trim needs --release newest or oldest, which says whose holds give way first")
    }
    return .adjust(
      try Arguments.item(item), try adjustment(), reason: try Arguments.text(reason, "reason", minimum: 1),
      release: release.map { ReleasePolicy(isNewest: $0 == .newest, trims: trim) })
  }

  private func adjustment() throws -> Operation.Adjustment {
    switch (to, by) {
    case (let to?, nil): return .to(try Arguments.quantity(to, of: "--to \(to)", in: Form.levels))
    case (nil, let by?):
      let change = try Arguments.quantity(by, of: "--by \(by)", in: Form.changes)
      if let flaw = Form.flaw(ofChange: change, "--by") { throw CommandFailure.usage(flaw) }
      return .by(change)
    default: throw CommandFailure.usage("say either --to QTY or --by QTY")
    }
  }
}
