import Testing

@testable import TallyFormat
@testable import Tallystick

@Suite("The form of rows")
struct RowFormTests {
  private static let items = 4

  private static func judge() -> (Judge, EventColumns) {
    var judge = Judge(log: JudgeUnderTest.log)
    var events = EventColumns(firstSequence: 1)
    let lines = (0..<items).map { Line(sku: Name("sku-\($0)"), 100) }
    _ = judge.judge(Command(.receive(lines)), clock: 1_000, into: &events)
    return (judge, events)
  }

  /// The answer to one row among `company` sound ones before it, with which it may be judged as a run.
  private static func answer(
    company: Int, _ add: (inout CommandRows) -> Void
  ) -> (status: RowOutcomes.Status, sequence: UInt64) {
    var (judge, events) = judge()
    var rows = CommandRows()
    for number in 0..<company { rows.reserve(id: "before-\(number)", item: ItemNumber(0), quantity: 1) }
    add(&rows)
    for number in 0..<company { rows.reserve(id: "after-\(number)", item: ItemNumber(0), quantity: 1) }
    var answers = RowOutcomes()
    judge.judge(PreparedRows(rows, judge.hash), 0..<rows.count, time: 2_000, into: &events, &answers)
    #expect(answers.count == 2 * company + 1)
    for other in 0..<answers.count where other != company { #expect(answers[other].status == .accepted) }
    #expect(judge.state.checkInvariants() == nil)
    return answers[company]
  }

  private static func answer(
    company: Int, id: String = "id", _ lines: [LineEntry], timeToLive: Int64? = nil
  ) -> RowOutcomes.Status {
    answer(company: company) { rows in
      Name(id).bytes.withUnsafeBufferPointer { id in
        lines.withUnsafeBufferPointer { rows.reserve(id: id, lines: $0, timeToLive: timeToLive) }
      }
    }.status
  }

  private static func line(_ item: Int, _ quantity: Int64 = 1) -> LineEntry {
    LineEntry(item: ItemNumber(UInt32(item)), quantity: quantity)
  }

  @Test("a release as a row gives a customer back what counted under a limit", arguments: [0, 8])
  func customersRow(company: Int) {
    var (judge, events) = Self.judge()
    let tea = ItemName(sku: "sku-0")
    func ask(_ operation: Operation) -> Outcome { judge.judge(Command(operation), clock: 2_000, into: &events) }
    #expect(ask(.limit(tea, 3)).isAccepted)
    #expect(ask(.reserve(id: "a", [Line(tea, 3)], customer: "ann")).isAccepted)
    #expect(ask(.reserve(id: "b", [Line(tea, 1)], customer: "ann")).reason == .limit)
    var rows = CommandRows()
    for number in 0..<company { rows.reserve(id: "before-\(number)", item: ItemNumber(1), quantity: 1) }
    Name("a").bytes.withUnsafeBufferPointer { rows.release(id: $0) }
    var answers = RowOutcomes()
    judge.judge(PreparedRows(rows, judge.hash), 0..<rows.count, time: 2_000, into: &events, &answers)
    #expect(answers.count == company + 1 && answers[company].status == .accepted)
    #expect(ask(.reserve(id: "b", [Line(tea, 3)], customer: "ann")).isAccepted)
    #expect(judge.state.checkInvariants() == nil)
  }

  @Test("an item that has no number yet is unknown, in a row and in a cart", arguments: [0, 8])
  func unknownItem(company: Int) {
    for number in [Self.items, Int(UInt32.max)] {
      #expect(Self.answer(company: company, [Self.line(number)]) == .rejected(.unknownItem))
      #expect(Self.answer(company: company, [Self.line(0), Self.line(number)]) == .rejected(.unknownItem))
      #expect(
        Self.answer(company: company) { $0.receive(item: ItemNumber(UInt32(number)), quantity: 1) }.status
          == .rejected(.unknownItem))
    }
  }

  @Test("lines ascend by item number, each once, and there are 1 to 4,096", arguments: [0, 8])
  func lines(company: Int) {
    for lines in [[], [Self.line(1), Self.line(0)], [Self.line(1), Self.line(1)], (0..<4097).map { Self.line($0) }] {
      #expect(Self.answer(company: company, lines) == .invalid)
    }
    #expect(Self.answer(company: company, (0..<4096).map { Self.line($0) }) == .rejected(.unknownItem))
    #expect(Self.answer(company: company, [Self.line(0), Self.line(1)]) == .accepted)
  }

  @Test("4,097 lines are too many in a row also where each item has enough", arguments: [0, 8])
  func manyItems(company: Int) {
    var judge = Judge(log: JudgeUnderTest.log)
    var events = EventColumns(firstSequence: 1)
    for first in [0, 4_096] {
      let lines = (first..<min(first + 4_096, 4_100)).map { Line(sku: Name("sku-\($0)"), 100) }
      _ = judge.judge(Command(.receive(lines)), clock: 1_000, into: &events)
    }
    var rows = CommandRows()
    for number in 0..<company { rows.reserve(id: "before-\(number)", item: ItemNumber(0), quantity: 1) }
    for count in [4_096, 4_097] {
      Name("cart of \(count)").bytes.withUnsafeBufferPointer { id in
        (0..<count).map { Self.line($0) }.withUnsafeBufferPointer { rows.reserve(id: id, lines: $0) }
      }
    }
    var answers = RowOutcomes()
    judge.judge(PreparedRows(rows, judge.hash), 0..<rows.count, time: 2_000, into: &events, &answers)
    #expect(answers[company].status == .accepted && answers[company + 1].status == .invalid)
  }

  @Test("a name that was refused is none that the log knows", arguments: [1, 8])
  func refusedNames(company: Int) {
    var (judge, events) = Self.judge()
    for round in 0..<3 {
      var rows = CommandRows()
      for number in 0..<company { rows.reserve(id: "\(round)-\(number)", item: ItemNumber(0), quantity: 101) }
      rows.reserve(id: "good-\(round)", item: ItemNumber(0), quantity: 1)
      for number in 0..<company { rows.reserve(id: "\(round)+\(number)", item: ItemNumber(1), quantity: 101) }
      let prepared = PreparedRows(rows, judge.hash)
      var answers = RowOutcomes()
      judge.judge(prepared, 0..<rows.count, time: 2_000, into: &events, &answers)
      for index in 0..<rows.count {
        let isKnown = judge.names.newest.first(prepared.fingerprints[index]) != nil
        #expect(isKnown == (answers[index].status == .accepted) && isKnown == (index == company))
      }
    }
  }

  @Test("quantities are 1 to 2^53 − 1, received ones too", arguments: [0, 8])
  func quantities(company: Int) {
    for quantity in [0, -1, most + 1, .max, .min] {
      #expect(Self.answer(company: company, [Self.line(0, quantity)]) == .invalid)
      #expect(Self.answer(company: company, [Self.line(0), Self.line(1, quantity)]) == .invalid)
      #expect(Self.answer(company: company) { $0.receive(item: ItemNumber(0), quantity: quantity) }.status == .invalid)
    }
    #expect(Self.answer(company: company, [Self.line(0, most)]) == .rejected(.insufficient))
    #expect(
      Self.answer(company: company) { $0.receive(item: ItemNumber(0), quantity: most) }.status == .rejected(.overflow))
    #expect(
      Self.answer(company: company) { $0.receive(item: ItemNumber(0), quantity: most - 100) }.status == .accepted)
  }

  @Test("a time to live is 1 … 2^53 − 1, and beyond all time an overflow", arguments: [0, 8])
  func timesToLive(company: Int) {
    for time: Int64 in [0, -1, most + 1, .max, .min] {
      #expect(Self.answer(company: company, [Self.line(0)], timeToLive: time) == .invalid)
      #expect(Self.answer(company: company, [Self.line(0), Self.line(1)], timeToLive: time) == .invalid)
    }
    #expect(Self.answer(company: company, [Self.line(0)], timeToLive: most - 1_999) == .rejected(.overflow))
    #expect(Self.answer(company: company, [Self.line(0)], timeToLive: most - 2_000) == .accepted)
    #expect(Self.answer(company: company, [Self.line(0)], timeToLive: 1) == .accepted)
  }

  @Test("a row that is refused leaves its id free for the rows after it", arguments: [0, 8])
  func idStaysFree(company: Int) {
    var (judge, events) = Self.judge()
    var rows = CommandRows()
    for number in 0..<company { rows.reserve(id: "before-\(number)", item: ItemNumber(0), quantity: 1) }
    rows.reserve(id: "id", item: ItemNumber(1), quantity: 101)
    rows.reserve(id: "id", item: ItemNumber(1), quantity: 1)
    for number in 0..<company { rows.reserve(id: "after-\(number)", item: ItemNumber(0), quantity: 1) }
    var answers = RowOutcomes()
    judge.judge(PreparedRows(rows, judge.hash), 0..<rows.count, time: 2_000, into: &events, &answers)
    #expect(answers[company].status == .rejected(.insufficient))
    #expect(answers[company + 1].status == .accepted)
    #expect(answers.acceptedCount == 2 * company + 1)
  }

  @Test("what is due expires before rows are judged, whoever hands them over")
  func expiry() {
    var (judge, events) = Self.judge()
    var answers = RowOutcomes()
    for (id, time): (String, Int64) in [("first", 2_000), ("second", 2_010)] {
      var rows = CommandRows()
      rows.reserve(id: id, item: ItemNumber(0), quantity: 100, timeToLive: 10)
      judge.judge(PreparedRows(rows, judge.hash), 0..<1, time: time, into: &events, &answers)
    }
    #expect(answers.acceptedCount == 2)
    var commands = NamedRows([Command(.reserve(id: "third", [Line(sku: "sku-0", 100)]))], judge.hash)
    judge.prepare(&commands, 0..<1)
    var outcomes = [Outcome]()
    judge.judgePlain(commands, 0..<1, time: 2_020, into: &events, &outcomes)
    #expect(outcomes.map(\.isAccepted) == [true])
  }
}
