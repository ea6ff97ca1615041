import TallyClient
import Tallystick

/// A log that a server has. A command is sent again when its answer did not come, and happens once: what has neither an id
/// nor a key gets a key that nobody else has.
final class ServedLog: CommandTarget {
  private let client: ServerClient
  private let time: Duration
  private(set) var lastSequence: UInt64 = 0

  /// - Parameter time: how long to try to get an answer.
  init(_ client: ServerClient, trying time: Duration) {
    self.client = client
    self.time = time
  }

  func take(_ commands: [Command]) throws -> [Outcome] {
    let keyed = commands.map(ServedLog.keyed)
    do throws(ClientFailure) {
      let answered = try client.submit(keyed, trying: time)
      lastSequence = max(lastSequence, answered.lastSequence)
      return answered.outcomes
    } catch {
      throw ServedLog.failure(error, commands, keyed)
    }
  }

  func end(givesUpSnapshot: Bool) { client.end() }

  /// With a key, if the log could not tell a repeat without.
  private static func keyed(_ command: Command) -> Command {
    if command.key != nil { return command }
    switch command.operation {
    // Of a reservation that is committed or released whole the log tells it, as of what has an id of its own.
    case .reserve, .register, .expire, .acknowledge, .forgetConsumer, .commit(_, nil), .release(_, nil): return command
    default:
      var keyed = command
      keyed.key = Name("tally-" + String(UInt64.random(in: .min ... .max), radix: 36) + randomSuffix())
      return keyed
    }
  }

  private static func randomSuffix() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }

  /// What to do when nobody knows what happened.
  private static func failure(_ error: ClientFailure, _ commands: [Command], _ keyed: [Command]) -> CommandFailure {
    let failure = CommandFailure(error)
    guard case .noAnswer = error, let message = failure.message else { return failure }
    guard commands.count == 1, let key = keyed[0].key, commands[0].key == nil else {
      return CommandFailure(
        failure.code, message + "; whether it happened is unknown: run it again, what has an id or a key happens once")
    }
    return CommandFailure(
      failure.code, message + "; whether it happened is unknown: run it again with --key \(key), and it happens once")
  }
}
