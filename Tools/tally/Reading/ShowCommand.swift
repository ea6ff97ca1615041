import ArgumentParser
import TallyJSON
import TallyShards
import TallyText
import Tallystick

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "One reservation and everything that happened to it.",
    discussion: """
      Example:
        tally show order-1
      """)

  @Argument(help: "The reservation's id.")
  var id: String

  @OptionGroup var server: ServerOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    let name = try Arguments.name(id, "reservation id")
    if server.server == nil, Shards.isShop(try shared.name) { return try showShards(name) }
    guard let story = try story(of: name) else {
      throw CommandFailure(.rejected, "there is no reservation \(Arguments.quote(id))")
    }
    try Output.reading { output in
      if shared.json {
        try output.json { $0.write(story) }
      } else {
        try print(story, to: output)
      }
    }
  }

  /// A cart over several shards is shown part by part, the one that decides first.
  private func showShards(_ name: Name) throws {
    guard let story = try ShardedReader(try shared.path).show(name) else {
      throw CommandFailure(.rejected, "there is no reservation \(Arguments.quote(id))")
    }
    let parts = [(story.shard, story.home)] + story.others.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    try Output.reading { output in
      if shared.json {
        try output.json { json in
          json.beginObject()
          json.field("id", name)
          json.field("state", story.state.rawValue)
          json.field("shard", story.shard)
          json.key("parts")
          json.beginArray()
          for (shard, part) in parts {
            json.beginObject()
            json.field("shard", shard)
            json.key("reservation")
            json.write(part)
            json.endObject()
          }
          json.endArray()
          json.endObject()
        }
      } else {
        for (shard, part) in parts {
          if parts.count > 1 { try output.line("in shard \(shard):") }
          try print(part, to: output)
          if parts.count > 1 { try output.line() }
        }
      }
    }
  }

  private func story(of name: Name) throws -> ReservationStory? {
    guard let (questions, client) = try server.questions(shared) else { return try shared.reader().show(name) }
    defer { client.end() }
    return try questions.story(of: name)
  }

  private func print(_ story: ReservationStory, to output: Output) throws {
    var head =
      "\(story.id): \(story.state.rawValue), made by event \(story.sequence) at \(Timestamp.text(story.time))"
    if let customer = story.customer { head += ", customer \(customer)" }
    if let expires = story.expires { head += ", expires \(Timestamp.text(expires))" }
    if let filled = story.filled { head += ", filled \(Timestamp.text(filled))" }
    if story.state == .waiting { head += ", waits until \(story.givesUp.map { Timestamp.text($0) } ?? "it is filled")" }
    if story.isDue { head += " (due: the next command \(story.state == .waiting ? "ends it" : "expires it"))" }
    try output.line(head)
    try output.line()
    // Only of what stood in line is there anything to be told of waiting, and of what came back of returns.
    let hasReturns = story.lines.contains { $0.returned > 0 }
    let waiting: [(String, Table.Alignment)] = story.waited ? [("WAITING", .right)] : []
    var table = Table(
      [("SKU", .left), ("LOCATION", .left), ("RESERVED", .right)] + waiting + [
        ("OPEN", .right), ("COMMITTED", .right), ("RELEASED", .right), ("EXPIRED", .right),
        (hasReturns ? "RETURNED" : "", .right),
      ])
    for line in story.lines {
      table.add(
        ["\(line.item.sku)", "\(line.item.location)", "\(line.reserved)"] + (story.waited ? ["\(line.waiting)"] : [])
          + [
            "\(line.open)", "\(line.committed)", "\(line.released)", "\(line.expired)",
            hasReturns ? "\(line.returned)" : "",
          ])
    }
    for line in table.lines { try output.line(line) }
    try output.line()
    for event in story.events { try output.line(EventText.describe(event)) }
  }
}
