import Testing

@testable import Tallystick

/// Fingerprints of names are 64 bits under a key: two names never have the same one in a test. So the tables are told that
/// they do.
@Suite("Names with one fingerprint")
struct CollidingNameTests {
  /// Event 3 reserves 1 of 10 tea under "a"; event 4 receives 1 with the key "k".
  private static func judge() -> (Judge, EventColumns) {
    var judge = Judge(log: JudgeUnderTest.log)
    var events = EventColumns(firstSequence: 1)
    _ = judge.judge(Command(.receive(tea, 10)), clock: 1_000, into: &events)
    _ = judge.judge(Command(.reserve("a", tea, 1)), clock: 1_000, into: &events)
    _ = judge.judge(Command(.receive(tea, 1), key: "k"), clock: 1_000, into: &events)
    return (judge, events)
  }

  @Test("are two names: another id is new, and settles nothing")
  func ids() {
    var (judge, events) = Self.judge()
    judge.names.insert(judge.hash("b"), 3)
    #expect(judge.judge(Command(.commit(id: "b")), clock: 1_000, into: &events).reason == .unknownReservation)
    #expect(judge.judge(Command(.reserve("b", tea, 1)), clock: 1_000, into: &events).sequence == 5)
    #expect(judge.judge(Command(.commit(id: "b")), clock: 1_000, into: &events).sequence == 6)
    #expect(judge.judge(Command(.release(id: "a")), clock: 1_000, into: &events).sequence == 7)
  }

  @Test("are two names for rows, too", arguments: [CommandRows.Kind.commit, .release])
  func rows(kind: CommandRows.Kind) {
    var (judge, events) = Self.judge()
    judge.names.insert(judge.hash("b"), 3)
    var rows = CommandRows()
    Name("b").bytes.withUnsafeBufferPointer { kind == .commit ? rows.commit(id: $0) : rows.release(id: $0) }
    rows.reserve(id: "b", item: ItemNumber(0), quantity: 1)
    var answers = RowOutcomes()
    judge.judge(PreparedRows(rows, judge.hash), 0..<2, time: 1_000, into: &events, &answers)
    #expect(answers[0].status == .rejected(.unknownReservation))
    #expect(answers[1].sequence == 5)
    #expect(judge.state.level(of: tea)?.held == 2)
  }

  @Test("are two names: another key is new, and so is an id with the fingerprint of a key")
  func keys() {
    var (judge, events) = Self.judge()
    for name: Name in ["l", "m"] { judge.names.insert(judge.hash(name), 4) }
    #expect(judge.judge(Command(.receive(tea, 2), key: "l"), clock: 1_000, into: &events).sequence == 5)
    #expect(judge.judge(Command(.reserve("m", tea, 1)), clock: 1_000, into: &events).sequence == 6)
    #expect(judge.judge(Command(.receive(tea, 1), key: "k"), clock: 1_000, into: &events).repeatedSequence == 4)
  }

  /// Knows one reservation, "sealed" of 1 tea, and says that every other name may be that.
  private final class OneName: NameHistory {
    let failure: LogFailure? = nil
    let coveredSequence: UInt64 = 2
    func mayContain(_ fingerprint: UInt64) -> Bool { true }
    func prefetch(_ fingerprints: UnsafeBufferPointer<UInt64>) {}
    func mark(_ fingerprints: UnsafeBufferPointer<UInt64>, _ known: UnsafeMutableBufferPointer<Bool>) {
      for index in known.indices { known[index] = true }
    }
    func candidates(_ fingerprint: UInt64) -> [SealedName] { [SealedName(sequence: 2, content: 7)] }
    func record(at sequence: UInt64) -> NameRecord? {
      let lines = [LineEntry(item: ItemNumber(0), quantity: 1)]
      return NameRecord(
        sequence: 2, name: "sealed", meaning: .reservation(lines: lines, customer: "", timeToLive: 0))
    }
    func closing(of reservation: UInt64) -> SealedClosing? {
      SealedClosing(
        reservation: 2, closing: .init(sequence: 3, kind: .committed, isWhole: true, byAdjust: false), state: .committed
      )
    }
  }

  @Test("are two names where only an index knows the first: another id or key is new")
  func sealed() {
    var (judge, events) = Self.judge()
    judge.history = OneName()
    #expect(judge.judge(Command(.reserve("sealed", tea, 1)), clock: 1_000, into: &events).repeatedSequence == 2)
    #expect(judge.judge(Command(.reserve("sealed", tea, 2)), clock: 1_000, into: &events).reason == .conflict)
    #expect(judge.judge(Command(.commit(id: "sealed")), clock: 1_000, into: &events).repeatedSequence == 3)
    #expect(judge.judge(Command(.commit(id: "b")), clock: 1_000, into: &events).reason == .unknownReservation)
    #expect(judge.judge(Command(.reserve("b", tea, 1)), clock: 1_000, into: &events).sequence == 5)
    #expect(judge.judge(Command(.receive(tea, 1), key: "l"), clock: 1_000, into: &events).sequence == 6)
    var rows = CommandRows()
    rows.reserve(id: "c", item: ItemNumber(0), quantity: 1)
    rows.reserve(id: "sealed", item: ItemNumber(0), quantity: 1)
    var answers = RowOutcomes()
    judge.judge(PreparedRows(rows, judge.hash), 0..<2, time: 1_000, into: &events, &answers)
    #expect(answers[0].status == .accepted)
    #expect(answers[1].status == .repeated)
  }
}
