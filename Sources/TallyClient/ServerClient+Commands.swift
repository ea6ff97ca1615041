import Glibc
import TallyJSON
import TallyText
import TallyThreads
import Tallystick

/// Commands for a server, each once, however often it has to be sent.
extension ServerClient {
  /// Lines of a body, and its bytes: a server takes 8,192 and 8 MiB.
  private static let mostLines = Limits.maxBatchCommands
  private static let mostBytes = 7 << 20
  /// An answer may take its time, where the disk is slow; a connection that is dead is told by it.
  private static let patience = Duration.seconds(30)

  /// What became of commands.
  package struct Outcomes {
    /// One a command, in order.
    package var outcomes: [Outcome] = []
    /// The log's last event when the last was answered.
    package var lastSequence: UInt64 = 0
  }

  /// Has commands judged in order. What is not answered, or answered as busy, is sent again until it is, or until
  /// `patience` is over: every command has an id or a key, or does no harm twice.
  ///
  /// - Parameters:
  ///   - commands: those that change something have an id or a key, but for a `commit` or `release` without lines, of
  ///     which the log itself tells a repeat.
  ///   - time: how long to try.
  package func submit(_ commands: [Command], trying time: Duration) throws(ClientFailure) -> Outcomes {
    var all = Outcomes()
    var rest = commands[...]
    let end = ContinuousClock.now.advanced(by: time)
    while !rest.isEmpty {
      var json = JSONWriter()
      var count = 0
      for command in rest.prefix(ServerClient.mostLines) {
        if count > 0, json.bytes.count > ServerClient.mostBytes { break }
        json.write(command)
        json.newline()
        count += 1
      }
      let some = try submit(Array(rest.prefix(count)), json.bytes, until: end)
      all.outcomes += some.outcomes
      all.lastSequence = some.lastSequence
      rest = rest.dropFirst(count)
    }
    return all
  }

  /// One body.
  private func submit(
    _ commands: [Command], _ lines: [UInt8], until end: ContinuousClock.Instant
  ) throws(ClientFailure) -> Outcomes {
    let request = Request.post(
      "/v1/commands", headers: [("Content-Type", "application/x-ndjson"), ("Tally-Unkeyed", "whole")], lines)
    var pause = Duration.milliseconds(20)
    while true {
      do throws(ClientFailure) {
        let answer = try ask(request, atMost: ServerClient.patience)
        let outcomes = try read(answer.body)
        guard outcomes.count == commands.count else {
          throw .stranger(
            address.description, reason: "it answers \(outcomes.count) of \(commands.count) commands")
        }
        let found = Outcomes(outcomes: outcomes, lastSequence: answer.number("tally-sequence") ?? 0)
        // One that stands alone can wait; among others, what came after it has been judged already.
        guard case .busy(let busy) = outcomes[0], commands.count == 1, ContinuousClock.now < end else { return found }
        ServerClient.pause(min(.milliseconds(busy.retryAfterMilliseconds), ContinuousClock.now.duration(to: end)))
      } catch {
        let left = ContinuousClock.now.duration(to: end)
        guard error.isWorthAnotherTry, left > .zero else { throw error }
        var wait = pause
        if case .busy(_, _, let milliseconds) = error { wait = .milliseconds(milliseconds) }
        ServerClient.pause(min(wait, left))
        pause = min(pause * 2, .milliseconds(500))
      }
    }
  }

  private static func pause(_ time: Duration) { usleep(useconds_t(clamping: time.wholeMilliseconds * 1_000)) }

  private func read(_ body: [UInt8]) throws(ClientFailure) -> [Outcome] {
    var outcomes: [Outcome] = []
    for line in body.split(separator: 0x0A) {
      do throws(JSONFlaw) { outcomes.append(try ToldOutcome.read(Array(line))) } catch {
        throw .stranger(address.description, reason: error.inLine)
      }
    }
    return outcomes
  }
}
