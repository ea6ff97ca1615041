import ArgumentParser
import TallyText
import Tallystick

struct ExpireCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expire",
    abstract: "Expire what is due: holds whose time is over give back what they hold.",
    discussion: """
      Every command that writes does this first, so it is for a shop where nothing
      else may happen for a while. It answers with the last event then.

      Example:
        tally expire
        tally expire --time 2026-01-31T23:59:59Z
      """)

  @Option(
    help: ArgumentHelp("Expire what is due at this time, not before the last event's (RFC 3339).", valueName: "time"))
  var time: String?

  @OptionGroup var waiting: WaitOption
  @OptionGroup var server: ServerOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    let command = Command(.expire, time: try time.map(Self.parse))
    let target = try waiting.target(server, shared)
    defer { target.end(givesUpSnapshot: false) }
    try Answer.give(target.take(command), to: command, json: shared.json)
  }

  private static func parse(_ text: String) throws -> Int64 {
    guard let time = Timestamp.milliseconds(text) else {
      throw CommandFailure.usage("the time \(Arguments.quote(text)) is none; write it as in 2026-01-31T23:59:59Z")
    }
    return time
  }
}
