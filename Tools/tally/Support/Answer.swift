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
      if !json { try output.line(describe(outcome, to: command)) }
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
    case .accepted, .repeated: break
    case .rejected: throw CommandFailure(.rejected, describe(outcome, to: command))
    case .invalid: throw CommandFailure(.usage, describe(outcome, to: command))
    case .busy, .failed: throw CommandFailure(.inputOutput, describe(outcome, to: command))
    }
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

  private static func describe(_ rejection: Rejection, of command: Command) -> String {
    let name = name(of: command)
    let item = rejection.item.map { "\($0)" } ?? "an item"
    let why: String =
      switch rejection.reason {
      case .time: "its time is before the last event's, or more than 60 s ahead of the clock"
      case .conflict: "\(name ?? "the id or key") was used before for something else; use a new one"
      case .unknownReservation: "there is no reservation \(name ?? "")"
      case .settled where !rejection.places.isEmpty:
        "\(name ?? "the reservation") waits in line and holds nothing: "
          + rejection.places.map { "place \($0.place) for \($0.item), \($0.unitsBefore) before it" }.joined(
            separator: ", ")
          + "; tally release ends its waiting"
      case .settled: "what it would settle is not open any more, or not in \(name ?? "the reservation")"
      case .expired: "\(name ?? "the reservation") has expired"
      case .unknownItem: "\(item) does not exist; receive it first"
      case .changed: "an item has changed since the expected sequence number; look again and decide anew"
      case .limit: "the customer's limit of \(item) is passed, or the reservation names no customer"
      case .insufficient:
        rejection.short.map { short in
          "\(short.item) asked \(short.asked), available \(short.available)"
            + (short.waiting > 0 ? " (others wait for \(short.waiting))" : "")
        }.joined(separator: ", ")
          + (command.operation.reservationID == nil ? "" : "; --wait=D would stand in line for it")
      case .overflow: "\(item) would pass \(Limits.maxQuantity)"
      }
    return "\(rejection.reason.rawValue): \(why) (at event \(rejection.atSequence))"
  }

  /// The reservation it is about, or its key.
  private static func name(of command: Command) -> String? {
    switch command.operation {
    case .reserve(let id, _, _, _, _), .commit(let id, _), .release(let id, _): "\(id)"
    default: command.key.map { "\($0)" }
    }
  }
}
