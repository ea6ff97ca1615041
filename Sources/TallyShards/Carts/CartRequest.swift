import Tallystick

/// What a cart's coordinator asks a shard: a message that may be sent twice, for each happens once or changes nothing.
package enum CartRequest: Equatable, Sendable {
  /// To be judged.
  case command(Command)
  /// Where the cart's part stands.
  case status(Name)
}

/// What a shard answers.
package enum CartReply: Sendable {
  /// To a command.
  case outcome(Outcome)
  /// To a question; `nil`: there is no such part.
  case status(ReservationStatus?)
  /// Nobody knows whether it happened.
  case failed(LogFailure)
}

/// What a coordinator does next.
package enum CartStep: Sendable {
  /// Asks these shards, all at once, and goes on when all have answered.
  case ask([(shard: Int, request: CartRequest)])
  /// It is over.
  case done(Outcome)
}

/// One coordinator's work on one cart: told the answers to its last questions, it says the next ones.
///
/// Pure: whoever runs it brings the messages, and may stop at any step. What was begun is finished by whoever comes next:
/// see ``CartSettling``.
package protocol CartTask {
  /// - Parameter replies: to the step before, in its order; none before the first.
  mutating func next(_ replies: [CartReply]) -> CartStep
}

extension [CartReply] {
  /// Why a step did not reach every shard; `nil`: it did, whatever they said.
  var failure: Outcome? {
    for reply in self {
      switch reply.asOutcome {
      case .failed, .busy, .invalid: return reply.asOutcome
      case .accepted, .repeated, .rejected: continue
      }
    }
    return nil
  }
}

extension CartReply {
  /// As an answer to a command.
  var asOutcome: Outcome {
    switch self {
    case .outcome(let outcome): outcome
    case .status: .failed(.closed)
    case .failed(let failure): .failed(failure)
    }
  }
}
