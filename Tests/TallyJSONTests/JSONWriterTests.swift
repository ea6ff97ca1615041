import TallyText
import Testing

@testable import TallyJSON
@testable import Tallystick

@Suite("Answers and events in JSON")
struct JSONWriterTests {
  func json(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test(
    "what is escaped on the way out is read back the same",
    arguments: [
      "plain", "\"quoted\" \\ /", "🍵 tea, naïve", "e\u{301} is not \u{E9}", "\u{2028}\u{FEFF}", "a=b@c",
    ])
  func roundTrip(text: String) throws {
    let command = json {
      $0.beginObject()
      $0.field("op", "commit")
      $0.field("id", Name(text))
      $0.endObject()
    }
    #expect(try CommandParser.parse(Array(command.utf8)) == Command(.commit(id: Name(text))))
  }

  @Test("control characters, quotes and bytes that are not UTF-8 come out as valid JSON")
  func escapes() {
    #expect(json { $0.string("a\u{0}\u{1F}\n\r\t\"\\".utf8) } == #""a\u0000\u001f\n\r\t\"\\""#)
    #expect(json { $0.string([0x61, 0xFF]) } == "\"a\u{FFFD}\"")
  }

  @Test("numbers are exact at their limits")
  func numbers() {
    #expect(json { $0.number(Int64.min) } == "-9223372036854775808")
    #expect(json { $0.number(UInt64.max) } == "18446744073709551615")
    #expect(json { $0.number(0) } == "0")
    #expect(json { $0.number(-10) } == "-10")
  }

  private static let batch: Acceptance = {
    var batch = Acceptance(sequence: 4, results: [3, 4].map { .init(sequence: $0, isRepeat: false) })
    batch.details[0] = Acceptance(sequence: 3, state: .waiting)
    return batch
  }()

  static let outcomes: [(Outcome, String)] = [
    (
      .accepted(batch),
      #"{"line":1,"status":"accepted","seq":4,"results":[{"status":"accepted","seq":3,"state":"waiting"},"#
        + #"{"status":"accepted","seq":4}]}"#
    ),
    (.accepted(Acceptance(sequence: 12)), #"{"line":1,"status":"accepted","seq":12}"#),
    (
      .repeated(Acceptance(sequence: 12, state: .partlySettled)),
      #"{"line":1,"status":"repeated","seq":12,"state":"partly-settled"}"#
    ),
    (
      .accepted(
        Acceptance(sequence: 5, results: [.init(sequence: 4, isRepeat: false), .init(sequence: 2, isRepeat: true)])),
      #"{"line":1,"status":"accepted","seq":5,"#
        + #""results":[{"status":"accepted","seq":4},{"status":"repeated","seq":2}]}"#
    ),
    (
      .accepted(Acceptance(sequence: 12, state: .waiting)),
      #"{"line":1,"status":"accepted","seq":12,"state":"waiting"}"#
    ),
    (
      .rejected(
        Rejection(
          .insufficient, at: 9, short: [.init(item: ItemName(sku: "tea"), asked: 2, available: 0, waiting: 3)])),
      #"{"line":1,"status":"rejected","reason":"insufficient","at_seq":9,"#
        + #""short":[{"sku":"tea","location":"main","asked":2,"available":0,"waiting":3}]}"#
    ),
    (
      .rejected(Rejection(.insufficient, at: 9, short: [.init(item: ItemName(sku: "tea"), asked: 2, available: 1)])),
      #"{"line":1,"status":"rejected","reason":"insufficient","at_seq":9,"#
        + #""short":[{"sku":"tea","location":"main","asked":2,"available":1}]}"#
    ),
    (
      .rejected(Rejection(.unknownItem, at: 0, item: ItemName(sku: "x", location: "b"), index: 3)),
      #"{"line":1,"status":"rejected","reason":"unknown-item","at_seq":0,"index":3,"sku":"x","location":"b"}"#
    ),
    (.invalid("no \"op\""), #"{"line":1,"status":"invalid","message":"no \"op\""}"#),
    (.failed(.deposed(reason: "disk")), #"{"line":1,"status":"failed","message":"disk"}"#),
    (
      .busy(Busy(queueDelay: .microseconds(12_001), queuedCommands: 7, queuedBytes: 900)),
      #"{"line":1,"status":"busy","retry_after_ms":13}"#
    ),
  ]

  @Test("every kind of answer has the contract's shape", arguments: outcomes.indices)
  func answers(index: Int) {
    let (outcome, expected) = Self.outcomes[index]
    #expect(json { $0.write(outcome, line: 1) } == expected)
  }

  @Test("an answer to one command has no line number")
  func oneShot() {
    #expect(json { $0.write(.accepted(Acceptance(sequence: 1))) } == #"{"status":"accepted","seq":1}"#)
  }

  func event(_ kind: EventKind, lines: [RecordedEvent.Line] = []) -> RecordedEvent {
    RecordedEvent(sequence: 12, time: 34, kind: kind, more: false, lines: lines)
  }

  @Test("a reserved event lists its lines with their signed changes")
  func reserved() {
    var event = event(
      .reserved, lines: [.init(item: ItemName(sku: "tea"), quantity: 2, onHandChange: 0, heldChange: 2)])
    event.id = "order-1"
    event.customer = "c-9"
    event.expires = 99
    #expect(
      json { $0.write(event) }
        == #"{"seq":12,"time_ms":34,"type":"reserved","id":"order-1","#
        + #""lines":[{"sku":"tea","location":"main","qty":2,"on_hand":0,"held":2}],"customer":"c-9","expires_ms":99}"#)
  }

  @Test("a settling event names the reservation and says what an adjustment made")
  func released() {
    var event = event(
      .released, lines: [.init(item: ItemName(sku: "tea"), quantity: 2, onHandChange: 0, heldChange: -2)])
    event.id = "order-1"
    event.reservation = 3
    event.byAdjust = true
    event.more = true
    #expect(
      json { $0.write(event) }
        == #"{"seq":12,"time_ms":34,"type":"released","id":"order-1","reservation_seq":3,"#
        + #""lines":[{"sku":"tea","location":"main","qty":2,"on_hand":0,"held":-2}],"by_adjust":true,"more":true}"#)
  }

  @Test("a transfer says from where to where")
  func transferred() {
    let event = event(
      .transferred,
      lines: [
        .init(item: ItemName(sku: "tea", location: "b"), quantity: 5, onHandChange: 5, heldChange: 0),
        .init(item: ItemName(sku: "tea"), quantity: 5, onHandChange: -5, heldChange: 0),
      ])
    #expect(
      json { $0.write(event) }
        == #"{"seq":12,"time_ms":34,"type":"transferred","sku":"tea","qty":5,"from":"main","to":"b","#
        + #""lines":[{"sku":"tea","location":"b","qty":5,"on_hand":5,"held":0},"#
        + #"{"sku":"tea","location":"main","qty":5,"on_hand":-5,"held":0}]}"#)
  }

  @Test("registrations, limits and adjustments name their item")
  func named() {
    var registered = event(.itemRegistered)
    registered.item = ItemName(sku: "tea")
    registered.itemNumber = ItemNumber(7)
    #expect(
      json { $0.write(registered) }
        == #"{"seq":12,"time_ms":34,"type":"item-registered","sku":"tea","location":"main","item":7}"#)
    var limit = event(.limitSet)
    limit.item = ItemName(sku: "tea")
    #expect(
      json { $0.write(limit) }
        == #"{"seq":12,"time_ms":34,"type":"limit-set","sku":"tea","location":"main","qty":null}"#)
    var adjusted = event(
      .adjusted, lines: [.init(item: ItemName(sku: "tea"), quantity: 3, onHandChange: -3, heldChange: 0)])
    adjusted.adjustedBy = -3
    adjusted.reason = "broken"
    adjusted.releasePolicy = .oldest
    #expect(
      json { $0.write(adjusted) }
        == #"{"seq":12,"time_ms":34,"type":"adjusted","sku":"tea","location":"main","by":-3,"reason":"broken","#
        + #""release":"oldest","lines":[{"sku":"tea","location":"main","qty":3,"on_hand":-3,"held":0}]}"#)
  }

  @Test("refusals say of what, why, how often, for how many units and until when")
  func refusals() {
    var refused = event(.refused)
    refused.refusal = RecordedEvent.Refusal(cause: .limit, asks: 3, units: 8, last: 99)
    #expect(
      json { $0.write(refused) }
        == #"{"seq":12,"time_ms":34,"type":"refused","reason":"limit","asks":3,"qty":8,"until_ms":99}"#)
    refused.item = ItemName(sku: "tea")
    #expect(json { $0.write(refused) }.contains(#""sku":"tea","location":"main","reason""#))
  }

  @Test("events about consumers name the consumer, and how far it has come")
  func consumers() {
    var acknowledged = event(.acknowledged)
    acknowledged.consumer = "orders"
    acknowledged.position = 9
    #expect(
      json { $0.write(acknowledged) }
        == #"{"seq":12,"time_ms":34,"type":"acknowledged","consumer":"orders","consumed_seq":9}"#)
    var forgotten = event(.consumerForgotten)
    forgotten.consumer = "orders"
    #expect(
      json { $0.write(forgotten) } == #"{"seq":12,"time_ms":34,"type":"consumer-forgotten","consumer":"orders"}"#)
    #expect(
      json { $0.write(ConsumerPosition(name: "orders", position: 9, sequence: 12, lag: 3)) }
        == #"{"consumer":"orders","seq":9,"event_seq":12,"lag":3}"#)
  }

  @Test("a stock line has the contract's fields, and the limit where one is set")
  func stock() {
    var level = StockLevel(item: ItemName(sku: "tea"), onHand: 5, held: 2, limit: nil, sequence: 9)
    #expect(
      json { $0.write(level) }
        == #"{"sku":"tea","location":"main","on_hand":5,"held":2,"available":3,"seq":9}"#)
    level.limit = 4
    #expect(json { $0.write(level) }.contains(#""limit":4"#))
  }
}
