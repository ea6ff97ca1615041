import Synchronization
import TallyAudit
import TallyFormat
import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("Refusals that the log tells")
struct RefusalJournalTests {
  private let directory = TemporaryDirectory()
  private let clock = TestClock()
  private var path: String { directory.path + "/log" }

  private func open(journals: Bool = true) throws -> TallyLog {
    if try LocalFileSystem().identity(of: path) == nil {
      try TallyLog.create(path, settings: LogSettings(snapshotEvery: 0, journalsRefusals: journals))
    }
    var options = LogOptions()
    options.runsInline = true
    options.clock = { [clock] in clock.now.load(ordering: .relaxed) }
    return try TallyLog(path, options: options)
  }

  private func told() throws -> [String] {
    var lines = [String]()
    try LogReader(path).events(EventFilter()) { event in
      guard let refusal = event.refusal else { return true }
      let item = event.item.map { "\($0)" } ?? "-"
      lines.append(
        "\(event.sequence) \(item) \(refusal.cause.name) \(refusal.asks)x \(refusal.units) until \(refusal.last)")
      return true
    }
    return lines
  }

  private func reserve(_ log: TallyLog, _ id: String, _ lines: [Line], customer: Name? = nil) -> Bool {
    log.append(Command(.reserve(id: Name(id), lines, customer: customer))).isAccepted
  }

  @Test("come in the frame of the next event, added up by item and cause, and change nothing else")
  func addedUp() throws {
    let log = try open()
    log.receive("tea", 10)
    log.receive("cup", 10)
    #expect(log.append(Command(.limit(cup, 1))).isAccepted)
    clock.now.store(1_000_400, ordering: .relaxed)
    for attempt in 0..<3 { #expect(!reserve(log, "a\(attempt)", [Line(sku: "tea", 11), Line(sku: "pot", 1)])) }
    // An unknown item is asked for before what is short, and no stock of it is refused.
    #expect(!reserve(log, "b", [Line(sku: "tea", 12), Line(sku: "cup", 20)], customer: "ann"))
    clock.now.store(1_000_900, ordering: .relaxed)
    #expect(!reserve(log, "c", [Line(sku: "tea", 12), Line(sku: "cup", 1)], customer: "ann"))
    #expect(try told() == [])
    #expect(try log.stock([tea]).map { $0?.available } == [10])
    #expect(reserve(log, "d", [Line(sku: "tea", 4)]))
    // One row beside one event, the first that came; the rest with the next, or at the end.
    let first = try told()
    #expect(first == ["7 cup limit 1x 20 until 1000400"])
    #expect(try log.stock([tea]).map { $0?.available } == [6])
    log.close()
    #expect(try told().last == "8 tea insufficient 1x 12 until 1000900")
    #expect(try Auditor.verdict(path) == .proven)
    // Nothing is told twice, and an id that was refused is free.
    let again = try open()
    #expect(reserve(again, "a0", [Line(sku: "tea", 1)]))
    again.close()
    #expect(try told().count == 2)
  }

  @Test(
    "have the last event's time, so that a command with an earlier time than the refused one's is judged all the same")
  func ownTimes() throws {
    let log = try open()
    log.receive("tea", 1)
    let late = log.append(Command(.reserve("a", tea, 2), time: 1_050_000))
    #expect(late.rejection?.reason == .insufficient)
    let early = log.append(Command(.reserve("b", tea, 1), time: 1_020_000))
    #expect(early.isAccepted)
    log.close()
    #expect(try told() == ["4 tea insufficient 1x 2 until 1050000"])
    #expect(try Auditor.verdict(path) == .proven)
  }

  @Test("are told every ten seconds where nothing else happens, and not more often")
  func patience() throws {
    let log = try open()
    log.receive("tea", 1)
    #expect(!reserve(log, "a", [Line(sku: "tea", 2)]))
    for step in 1...25 {
      clock.now.store(1_000_000 + Int64(step) * 1_000, ordering: .relaxed)
      #expect(!reserve(log, "b\(step)", [Line(sku: "tea", 2)]))
    }
    #expect(
      try told() == [
        "3 tea insufficient 11x 22 until 1010000", "4 tea insufficient 10x 20 until 1020000",
      ])
    log.close()
    #expect(try told().last == "5 tea insufficient 5x 10 until 1025000")
  }

  @Test("of very many items are told apart up to a bound, and further ones together")
  func bounded() {
    var journal = RefusalJournal()
    for item in 0..<10_000 { journal.note(ItemNumber(UInt32(item)), .insufficient, units: 3, at: 5) }
    journal.note(ItemNumber(7), .insufficient, units: 1, at: 6)
    #expect(journal.entries.count == RefusalJournal.mostEntries + 1)
    #expect(journal.entries[7] == .init(item: ItemNumber(7), cause: .insufficient, asks: 2, units: 4, last: 6))
    #expect(
      journal.entries.last == .init(item: nil, cause: .insufficient, asks: 5_904, units: 17_712, last: 5))
    #expect(journal.removeFirst(4_096).count == 4_096)
    #expect(journal.entries.count == 1)
    journal.note(ItemNumber(9_999), .limit, units: Limits.maxQuantity, at: 9)
    journal.note(ItemNumber(9_999), .limit, units: Limits.maxQuantity, at: 9)
    #expect(journal.entries.last?.units == UInt64(Limits.maxQuantity))
  }

  @Test("add no more than a tenth to a log of which nine in ten asks are refused")
  func size() throws {
    var bytes = [Bool: Int]()
    for journals in [false, true] {
      let directory = TemporaryDirectory()
      let path = directory.path + "/log"
      try TallyLog.create(path, settings: LogSettings(snapshotEvery: 0, journalsRefusals: journals))
      let log = try TallyLog(path, options: LogOptions())
      for item in 0..<200 { log.receive(Name("item-\(item)"), 100) }
      var random = SplitMix64(seed: 7)
      for batch in 0..<8 {
        let outcomes = log.append(
          (0..<400).map { index in
            let item = random.number(0...199)
            let quantity: Int64 = random.one(in: 10) ? 1 : 1_000
            return Command(
              .reserve(Name("order-\(batch * 400 + index)"), ItemName(sku: Name("item-\(item)")), quantity))
          })
        #expect(outcomes.count == 400)
      }
      log.close()
      bytes[journals] = try LogReader(path).info().segments.reduce(0) { $0 + $1.usedBytes }
      #expect(try Auditor.verdict(path) == .proven)
    }
    let (without, with) = (try #require(bytes[false]), try #require(bytes[true]))
    #expect(with > without && with <= without * 11 / 10, "\(without) bytes without, \(with) with")
  }

  @Test("are not told where the log was not made for it")
  func off() throws {
    let log = try open(journals: false)
    log.receive("tea", 1)
    #expect(!reserve(log, "a", [Line(sku: "tea", 2)]))
    #expect(reserve(log, "b", [Line(sku: "tea", 1)]))
    log.close()
    #expect(try told() == [])
  }
}

private final class TestClock: Sendable { let now = Atomic<Int64>(1_000_000) }

extension Auditor {
  fileprivate static func verdict(_ path: String) throws -> Verdict { try Auditor(LogDirectory(path)).run().verdict }
}
