import TallyJSON
import TallyText
import Tallystick
import Testing

@Suite("What is written as JSON, read back")
struct ReadingBackTests {
  private static let tea = ItemName(sku: "tea")
  private static let lines = [Line(sku: "tea", 2), Line(sku: "\"é\"\\", location: "*", 9_007_199_254_740_991)]

  /// One of each, with and without what may be left out.
  private static let commands: [Command] = [
    Command(.receive(lines, reference: "PO-7"), key: "k", time: 5, expectedSequence: 9), Command(.receive(lines)),
    Command(.reserve(id: "o", lines, customer: "c", timeToLive: 5, wait: .milliseconds(7))),
    Command(.reserve(id: "o", lines, wait: .forever)), Command(.reserve(id: "o", lines)),
    Command(.commit(id: "o")), Command(.commit(id: "o", lines)), Command(.commitMore(id: "o", lines)),
    Command(.release(id: "o")), Command(.release(id: "o", lines), key: "k"),
    Command(.extend(id: "o", timeToLive: nil)), Command(.extend(id: "o", timeToLive: 1)),
    Command(.reopen(id: "o", timeToLive: 1)), Command(.reopen(id: "o")),
    Command(.amend(id: "o", [Line(sku: "tea", 0)])), Command(.returned(lines, reference: "r")),
    Command(.returnedOf(order: "o", lines, reference: nil)),
    Command(.dated(.returnedOf(order: "o", lines, reference: "r"), effective: 77)),
    Command(.dated(.adjust(tea, .by(-3), reason: "count", release: .oldestTrimmed), effective: 0)),
    Command(.adjust(tea, .to(0), reason: "count")), Command(.adjust(tea, .to(4), reason: "c", release: .newest)),
    Command(.transfer(sku: "tea", quantity: 3, from: "a", to: "b")),
    Command(.transferWith(sku: "tea", quantity: 3, from: "a", to: "b", .all)),
    Command(.transferWith(sku: "tea", quantity: 3, from: "a", to: "b", .of(["o", "p"]))),
    Command(.limit(tea, nil)), Command(.limit(tea, 2)), Command(.floor(tea, 0)), Command(.recipe(tea, [])),
    Command(.recipe(tea, [Line(sku: "leaf", location: "b", 3)])), Command(.prefer("tea", [])),
    Command(.prefer("tea", ["a", "main"])), Command(.register([tea, ItemName(sku: "cup", location: "b")])),
    Command(.acknowledge(consumer: "c", through: 0)), Command(.forgetConsumer("c")), Command(.expire, time: 4),
    Command(.batch([.commit(id: "o"), .receive(lines)]), key: "k"),
  ]

  @Test("a command is the same command", arguments: commands)
  func command(_ command: Command) throws {
    var json = JSONWriter()
    json.write(command)
    #expect(try CommandParser.parse(json.bytes) == command)
  }

  private func text(_ outcome: Outcome) -> [UInt8] {
    var json = JSONWriter()
    json.write(outcome, line: 3)
    return json.bytes
  }

  @Test("an answer is the same answer")
  func outcomes() throws {
    var batch = Acceptance(
      sequence: 9, results: [.init(sequence: 8, isRepeat: false), .init(sequence: 2, isRepeat: true)],
      registered: [Self.tea])
    batch.details[1] = Acceptance(sequence: 2, state: .mixed, holds: false)
    var moved = Rejection(.settled, at: 7, detail: .closed(by: 4, .committed), index: 2)
    moved.reservation = "o"
    let outcomes: [Outcome] = [
      .accepted(Acceptance(sequence: 3)), .accepted(Acceptance(sequence: 3, state: .waiting)), .accepted(batch),
      .accepted(
        Acceptance(sequence: 3, released: [ReleasedHold(id: "o", customer: "c", lines: Self.lines)])),
      .repeated(Acceptance(sequence: 3, state: .partlySettled, holds: true)), .rejected(moved),
      .rejected(
        Rejection(
          .insufficient, at: 3, short: [.init(item: Self.tea, asked: 5, available: 2, waiting: 1)],
          elsewhere: [.init(item: ItemName(sku: "tea", location: "b"), available: 9)])),
      .rejected(Rejection(.unknownItem, at: 3, item: Self.tea, unknown: [Self.tea])),
      .rejected(
        Rejection(.limit, at: 3, item: Self.tea, passedLimit: .init(asked: 2, count: nil, limit: 1))),
      .invalid("why \"not\""), .failed(.closed), .failed(.unknownOutcome(reason: "the disk")),
      .busy(Busy(queueDelay: .milliseconds(40), queuedCommands: 0, queuedBytes: 0)),
    ]
    for outcome in outcomes { #expect(try ToldOutcome.read(text(outcome)) == outcome) }
  }

  @Test("what is no answer is told so, whatever it is")
  func nonsense() {
    for line in [
      "", "{", "[]", "{}", #"{"status":"perhaps"}"#, #"{"status":"accepted"}"#, #"{"status":"accepted","seq":-1}"#,
      #"{"status":"accepted","seq":"1"}"#, #"{"status":"rejected","reason":"because","at_seq":1}"#,
      #"{"status":"rejected","reason":"limit","at_seq":1,"limit":1}"#, #"{"status":"accepted","seq":1,"new":[1]}"#,
      #"{"status":"rejected","reason":"settled","at_seq":1,"closed_by":{"seq":1,"type":"eaten"}}"#,
    ] { #expect(throws: JSONFlaw.self, "\(line)") { try ToldOutcome.read(Array(line.utf8)) } }
  }
}
