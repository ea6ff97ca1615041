import ArgumentParser
import TallyJSON
import Tallystick

struct ConsumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consume",
    abstract: "The events that a consumer has not acknowledged, as JSON Lines.",
    discussion: """
      It reads and acknowledges nothing: handle the events, then say how far with
      tally acknowledge. Until then they come again. Events about consumers
      themselves are left out.

      Example:
        tally acknowledge orders 0          (orders begins before the first event)
        tally consume orders --limit 100
        tally consume orders --follow
      """)

  @Argument(help: "Who reads.")
  var consumer: String

  @Option(help: "Events at most.")
  var limit: Int?

  @Flag(help: "Wait for more, until Ctrl-C.")
  var follow = false

  @OptionGroup var server: ServerOption
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
  }

  func run() throws {
    let name = try Arguments.name(consumer, "consumer")
    if let (questions, client) = try server.questions(shared) {
      defer { client.end() }
      return try consume(name, from: questions)
    }
    let reader = try shared.reader()
    guard let known = try reader.consumers().first(where: { $0.name == name }) else {
      throw unknown
    }
    let filter = EventFilter(behind: known.position)
    var left = limit ?? .max
    try Output.reading { output in
      func print(_ event: RecordedEvent) throws -> Bool {
        try output.json { $0.write(event) }
        left -= 1
        return left > 0
      }
      guard follow else { return try reader.events(filter, print) }
      Interrupt.listen()
      try reader.follow(filter, pollInterval: .milliseconds(50), isCancelled: { Interrupt.isRequested }) { event in
        let goesOn = try print(event)
        try output.flush()
        return goesOn && !Interrupt.isRequested
      }
    }
  }

  private var unknown: CommandFailure {
    CommandFailure(
      .rejected,
      "there is no consumer \(Arguments.quote(consumer)): say where it begins first, with tally acknowledge"
        + " \(consumer) 0 before the first event; tally consumers lists who there is")
  }

  private func consume(_ name: Name, from questions: ServedQuestions) throws {
    if follow { Interrupt.listen() }
    var left = limit ?? .max
    try Output.reading { output in
      let isKnown = try questions.events(for: name, limit: limit, follows: follow) { line in
        try output.raw(line + [0x0A])
        if follow { try output.flush() }
        left -= 1
        return left > 0
      }
      if !isKnown { throw unknown }
    }
  }
}
