import TallyTestSupport
import Testing

@testable import TallyFormat
@testable import Tallystick

@Suite("Rows judged together")
struct RowRunTests {
  /// Says of some fingerprints that they may be known, and then knows nothing of them, as a filter does now and then.
  private final class ForgetfulHistory: NameHistory {
    let failure: LogFailure? = nil
    let coveredSequence: UInt64 = 0
    func mayContain(_ fingerprint: UInt64) -> Bool { fingerprint % 23 == 0 }
    func prefetch(_ fingerprints: UnsafeBufferPointer<UInt64>) {}
    func mark(_ fingerprints: UnsafeBufferPointer<UInt64>, _ known: UnsafeMutableBufferPointer<Bool>) {
      for index in fingerprints.indices where mayContain(fingerprints[index]) { known[index] = true }
    }
    func candidates(_ fingerprint: UInt64) -> [SealedName] { [] }
    func record(at sequence: UInt64) -> NameRecord? { nil }
    func closing(of reservation: UInt64) -> SealedClosing? { nil }
  }

  /// The same work twice: as rows, and as commands.
  private struct Work {
    var rows = CommandRows()
    var commands: [Command] = []

    mutating func reserve(
      _ id: Name, _ lines: [LineEntry], _ names: ItemNames, customer: Name? = nil, timeToLive: Int64? = nil
    ) {
      id.bytes.withUnsafeBufferPointer { id in
        lines.withUnsafeBufferPointer { rows.reserve(id: id, lines: $0, customer: customer, timeToLive: timeToLive) }
      }
      commands.append(
        Command(
          .reserve(
            id: id, lines.map { Line(names[Int($0.item.rawValue)], $0.quantity) }, customer: customer,
            timeToLive: timeToLive)))
    }
  }

  private static let items = 20

  private static func stockedJudge() -> (Judge, EventColumns) {
    var judge = Judge(log: JudgeUnderTest.log)
    var events = EventColumns(firstSequence: 1)
    let lines = (0..<items).map { Line(sku: Name("sku-\($0)"), $0 == 3 ? 40 : 1_000) }
    _ = judge.judge(Command(.receive(lines)), clock: 1_000, into: &events)
    _ = judge.judge(Command(.limit(ItemName(sku: "sku-5"), 2)), clock: 1_000, into: &events)
    return (judge, events)
  }

  private static func id(_ random: inout SplitMix64, _ number: Int) -> Name {
    switch random.number(0...19) {
    case 0: Name("order-\(random.number(0...max(0, number)))")  // perhaps a repeat, perhaps a conflict
    case 1: Name("a long name of an order that is none of the compact ones \(number)".prefix(60))
    case 2: Name("é-\(number)")
    case 3: Name("")
    case 4: Name("12345678")
    case 5...9:
      Name(
        bytes: {
          var text = [UInt8]()
          UUIDText.append(random.next(), random.next(), to: &text)
          return text
        }())
    default: Name("order-\(number)")
    }
  }

  private static func group(_ random: inout SplitMix64, _ number: inout Int, _ names: ItemNames) -> Work {
    var work = Work()
    // Calm groups are runs from end to end; in others everything happens.
    let isCalm = random.one(in: 2)
    for _ in 0..<random.number(1...32) {
      number += 1
      let item = ItemNumber(UInt32(random.number(0...(items - 1))))
      let id = isCalm ? Name("order-\(number)") : Self.id(&random, number)
      switch isCalm ? 0 : random.number(0...15) {
      case 0...9:
        work.reserve(
          id, [LineEntry(item: item, quantity: Int64(random.number(1...(isCalm ? 2 : 30))))], names,
          timeToLive: random.one(in: 4) ? Int64(random.number(1...5_000)) : nil)
      case 10:
        let cart = Set((0..<3).map { _ in UInt32(random.number(0...(items - 1))) }).sorted()
        work.reserve(id, cart.map { LineEntry(item: ItemNumber($0), quantity: 2) }, names)
      case 11: work.reserve(id, [LineEntry(item: item, quantity: 1)], names, customer: "ann")
      case 12:
        work.reserve(id, [LineEntry(item: item, quantity: random.one(in: 2) ? 0 : Limits.maxQuantity + 1)], names)
      case 13:
        work.rows.receive(item: item, quantity: 3)
        work.commands.append(Command(.receive([Line(names[Int(item.rawValue)], 3)])))
      default:
        let earlier = Name("order-\(random.number(0...number))")
        let isCommit = random.one(in: 2)
        earlier.bytes.withUnsafeBufferPointer {
          if isCommit { work.rows.commit(id: $0) } else { work.rows.release(id: $0) }
        }
        work.commands.append(Command(isCommit ? .commit(id: earlier) : .release(id: earlier)))
      }
    }
    return work
  }

  @Test(
    "give the events and the answers that the same commands give one by one", arguments: Seeds.few(30), [false, true])
  func runs(seed: UInt64, hasHistory: Bool) {
    var random = SplitMix64(seed: seed)
    var (together, events) = Self.stockedJudge()
    var (alone, aside) = Self.stockedJudge()
    if hasHistory { (together.history, alone.history) = (ForgetfulHistory(), ForgetfulHistory()) }
    var number = 0
    var now: Int64 = 2_000
    var accepted = 0
    for round in 0..<40 {
      now += Int64(random.number(0...300))
      let work = Self.group(&random, &number, together.state.itemNames)
      var answers = RowOutcomes()
      _ = together.expireDue(at: now, into: &events, atMost: .max)
      together.judge(
        PreparedRows(work.rows, together.hash), 0..<work.rows.count, time: now, into: &events, &answers)
      var expected = RowOutcomes()
      _ = alone.expireDue(at: now, into: &aside, atMost: .max)
      for command in work.commands { expected.append(alone.judge(command, clock: now, into: &aside)) }
      #expect(answers.count == expected.count)
      for index in 0..<min(answers.count, expected.count) where answers[index] != expected[index] {
        Issue.record(
          """
          row \(index) of round \(round): \(answers[index]), alone \(expected[index]): \(work.commands[index])
          run again: \(Seeds.replay(seed, of: "RowRunTests"))
          """)
        return
      }
      accepted += answers.acceptedCount
      if random.one(in: 10) {
        together.beginGeneration()
        alone.beginGeneration()
      }
    }
    #expect(events == aside)
    #expect(events.payloadBound == aside.payloadBound)
    #expect(together.state.canonicalForm() == alone.state.canonicalForm())
    #expect(together.state.checkInvariants() == nil)
    #expect(accepted > 200)
  }
}
