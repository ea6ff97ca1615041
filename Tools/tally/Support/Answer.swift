import TallyJSON
import TallyText
import Tallystick

/// The outcome of one command, for people or as JSON, and as an exit code.
enum Answer {
  /// Prints it; throws what ends the command if it is not success.
  ///
  /// - Parameter command: what it answers.
  static func give(_ outcome: Outcome, to command: Command, json: Bool) throws {
    let output = Output()
    if json { try output.json { $0.write(outcome) } }
    switch outcome {
    case .accepted(let acceptance):
      if !json {
        try output.line(describe(outcome, to: command) + new(acceptance))
        for hold in acceptance.released { try output.line(describe(hold)) }
      }
    case .repeated(let acceptance):
      let state = acceptance.state.map { " (now \($0.rawValue))" } ?? ""
      if !json { try output.line("repeated, event \(acceptance.sequence)\(state)") }
    case .rejected, .invalid, .busy, .failed: break
    }
    do {
      try output.flush()
    } catch is OutputClosed {
      throw CommandFailure(
        .inputOutput, "nobody reads standard output; the answer was: \(describe(outcome, to: command))")
    } catch let failure as CommandFailure {
      throw CommandFailure(failure.code, "\(failure.message ?? ""); the answer was: \(describe(outcome, to: command))")
    }
    switch outcome {
    case .accepted: break
    case .repeated(let acceptance):
      // It was a hold once, and must not be taken for one.
      if acceptance.hasLapsed { throw CommandFailure(.rejected, lapsed(acceptance, command)) }
    case .rejected: throw CommandFailure(.rejected, describe(outcome, to: command))
    case .invalid: throw CommandFailure(.usage, describe(outcome, to: command))
    case .busy, .failed: throw CommandFailure(.inputOutput, describe(outcome, to: command))
    }
  }

  /// What a mistyped SKU or location shows in.
  private static func new(_ acceptance: Acceptance) -> String {
    let items = acceptance.registered
    if items.isEmpty { return "" }
    let names = items.prefix(5).map { "\($0)" }.joined(separator: ", ")
    let rest = items.count > 5 ? " and \(items.count - 5) more" : ""
    return "; \(names)\(rest) \(items.count == 1 ? "is" : "are") new"
  }

  /// One line for people.
  private static func describe(_ outcome: Outcome, to command: Command) -> String {
    switch outcome {
    case .accepted(let acceptance) where acceptance.state == .waiting:
      "accepted, event \(acceptance.sequence): it waits in line and holds nothing yet; tally queue shows its place"
    case .accepted(let acceptance): "accepted, event \(acceptance.sequence)"
    case .repeated(let acceptance): "repeated, event \(acceptance.sequence)"
    case .rejected(let rejection): "rejected: \(describe(rejection, of: command))"
    case .invalid(let message): "invalid: \(message)"
    case .busy(let busy): "busy: \(busy); nothing was done, ask again a little later"
    case .failed(let failure) where failure.isOutcomeKnown: "failed: \(failure); \(failure.advice)"
    case .failed(let failure): "failed, outcome unknown: \(failure); \(failure.advice)"
    }
  }
}
