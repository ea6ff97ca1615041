import ArgumentParser
import TallyJSON
import Tallystick

struct ConsumersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consumers",
    abstract: "Who reads the log's events, and how far each has come.",
    discussion: """
      LAG is how many events a consumer has not acknowledged, up to the last one
      that it is told of: 0 means that there is nothing to do.

      Example:
        tally consumers
        tally consumers --json
        tally consumers --at 2026-01-31T23:59:59Z
      """)

  @Option(
    help: ArgumentHelp("After this event, or after the last one not later than this time.", valueName: "seq|time"),
    transform: Moment.init(argument:))
  var at: Moment = .now

  @OptionGroup var server: ServerOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try server.refuse(at)
    let consumers = try consumers()
    try Output.reading { output in
      if shared.json {
        for consumer in consumers { try output.json { $0.write(consumer) } }
      } else {
        var table = Table([("CONSUMER", .left), ("UP TO", .right), ("LAG", .right), ("SAID BY", .right)])
        for consumer in consumers {
          table.add("\(consumer.name)", "\(consumer.position)", "\(consumer.lag)", "\(consumer.sequence)")
        }
        for line in table.lines { try output.line(line) }
      }
    }
  }

  private func consumers() throws -> [ConsumerPosition] {
    guard let (questions, client) = try server.questions(shared) else {
      return try shared.reader().consumers(at: at)
    }
    defer { client.end() }
    return try questions.consumers()
  }
}
