import ArgumentParser
import Tallystick

/// For commands that move stock.
struct EffectiveOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "When it took place, if not now (RFC 3339): kept for reports, never used for order.", valueName: "time"),
    transform: RFC3339.init(argument:))
  var effective: RFC3339?

  /// The movement, with the time if one was given.
  func dated(_ movement: Operation) -> Operation {
    effective.map { .dated(movement, effective: $0.milliseconds) } ?? movement
  }
}
