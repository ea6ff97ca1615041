import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("Reading an open log")
struct LiveReadingTests {
  @Test("stock of some items and of everything is what a reader of the files finds")
  func stock() async throws {
    let test = try TestLog()
    let log = try test.open()
    defer { log.close() }
    _ = log.append((0..<300).map { Command(.receive([Line(sku: Name("sku-\($0)"), Int64($0) + 1)])) })
    log.reserve("order-1", "sku-7", 3)
    _ = log.append(Command(.limit(ItemName(sku: "sku-8"), 2)))
    let read = try LogReader(test.path).stock()
    let live = try await log.stock()
    #expect(live.levels == read.levels && live.sequence == read.sequence && live.time == read.time)
    #expect(try blocking { try log.stock().levels } == read.levels)
    let asked = [ItemName(sku: "sku-7"), ItemName(sku: "none")]
    let levels = try await log.stock(asked)
    #expect(levels == [read.levels[7], nil] && levels[0]?.held == 3)
    #expect(try blocking { try log.stock(asked) } == levels)
    #expect(try log.number(of: asked[1]) == nil && log.number(of: asked[0]) == ItemNumber(7))
  }

  @Test("stock of everything is taken at one event, though its names come in pieces and the log goes on")
  func pieces() throws {
    let seed = Seeds.few(1)[0]
    var judge = Judge(log: .random())
    var events = EventColumns(firstSequence: 1)
    var random = SplitMix64(seed: seed)
    for start in stride(from: 0, to: 140_000, by: 4_000) {
      let lines = (start..<(start + 4_000)).map {
        Line(sku: Name("sku-\($0)"), location: random.one(in: 2) ? .main : "berlin", Int64(random.number(1...9)))
      }
      _ = judge.judge(Command(.receive(lines)), clock: 1, into: &events)
      events.reset(firstSequence: events.nextSequence)
    }
    let copy = StockCopy(items: 139_000, clock: { 2 })
    copy.takeLevels(judge)
    let expected = judge.state.items.indices.map { judge.state.level(of: ItemNumber(UInt32($0))) }
    let sequence = judge.state.lastSequence
    while !copy.isComplete {
      _ = judge.judge(Command(.receive([Line(sku: "late", 1), Line(expected[3].item, 1)])), clock: 2, into: &events)
      copy.takeNames(judge)
    }
    #expect(
      copy.report.levels == expected && copy.report.sequence == sequence,
      "\(Seeds.replay(seed, of: "LiveReadingTests"))")
  }

  @Test("a reservation is shown as it stands, open, overdue, settled, and after its name was sealed")
  func reservation() async throws {
    let test = try TestLog(snapshotEvery: 10)
    let clock = ManualClock(1_000)
    func opened() throws -> TallyLog { try test.open { $0.clock = { clock.now } } }
    var log = try opened()
    log.receive("tea", 10)
    _ = log.append(
      Command(.reserve(id: "order-1", [Line(sku: "tea", 3)], customer: "c-9", timeToLive: 500)))
    _ = log.append(Command(.commit(id: "order-1", [Line(sku: "tea", 1)])))
    var status = ReservationStatus(
      id: "order-1", sequence: 3, state: .partlySettled, customer: "c-9", time: 1_000, expires: 1_500, isDue: false,
      lines: [.init(item: tea, reserved: 3, open: 2)])
    #expect(try await log.reservation("order-1") == status)
    #expect(try blocking { try log.reservation("order-1") } == status)
    #expect(try await log.reservation("order-2") == nil)
    #expect(try await log.stock().due.isEmpty)
    clock.now = 1_500
    status.isDue = true
    #expect(try await log.reservation("order-1") == status)
    #expect(try await log.stock().due == [tea: 2])
    // Any command expires it.
    for number in 0..<30 { log.reserve(Name("other-\(number)"), "none", 1) }
    (status.isDue, status.state, status.lines[0].open) = (false, .mixed, 0)
    #expect(try await log.reservation("order-1") == status)
    for _ in 0..<30 { log.receive("tea", 1) }
    log.close()
    log = try opened()
    defer { log.close() }
    let sealed = try #require(try await log.reservation("order-1"))
    #expect(sealed.state == .mixed && sealed.customer == "c-9" && sealed.lines == status.lines && sealed.sequence == 3)
  }

  @Test(
    "events come from a number on, then as they become durable, and end when the log is closed",
    .timeLimit(.minutes(60))
  )
  func events() async throws {
    let test = try TestLog()
    let log = try test.open()
    log.receive("tea", 100)
    let live = log.events(from: 2)
    let seen = Task {
      var sequences = [UInt64]()
      for try await event in live {
        sequences.append(event.sequence)
        if event.sequence == 2 { log.reserve("order-1", "tea", 1) }
        if event.sequence == 3 {
          _ = log.append((0..<3_000).map { Command(.reserve(id: Name("o-\($0)"), [Line(sku: "tea", 1)])) })
        }
        if event.sequence == 100 { log.close() }
      }
      return sequences
    }
    let sequences = try await seen.value
    // 99 of 3,000 orders find tea; the stream gives all that was durable when the log was closed.
    #expect(sequences == Array(2...102))
    var again = [UInt64]()
    for try await event in log.events(from: 101) { again.append(event.sequence) }
    #expect(again == [101, 102])
  }

  @Test("a stream of events ends when its task is cancelled, whether it reads or waits", .timeLimit(.minutes(60)))
  func cancelled() async throws {
    let test = try TestLog()
    let log = try test.open()
    defer { log.close() }
    log.receive("tea", 100)
    let reader = try LogReader(test.path)
    for stream in [log.events(), log.events(from: 1_000), reader.events(from: 1)] {
      let (began, begin) = AsyncStream<Void>.makeStream()
      let task = Task {
        var count = 0
        begin.yield()
        for try await _ in stream { count += 1 }
        return count
      }
      for await _ in began { break }
      task.cancel()
      #expect(try await task.value <= 2)
    }
  }

  @Test("a reader in another process sees what is written after it came to the end", .timeLimit(.minutes(60)))
  func follower() async throws {
    let test = try TestLog()
    let log = try test.open()
    defer { log.close() }
    log.receive("tea", 100)
    var filter = EventFilter()
    (filter.from, filter.to, filter.id) = (2, 5, "order-1")
    let stream = try LogReader(test.path).events(filter)
    let found = Task {
      var kinds = [EventKind]()
      for try await event in stream { kinds.append(event.kind) }
      return kinds
    }
    log.reserve("order-1", "tea", 1)
    log.receive("tea", 1)
    _ = log.append(Command(.commit(id: "order-1")))
    #expect(try await found.value == [.reserved, .committed])
  }

  /// Takes the blocking form where both are there.
  private func blocking<R>(_ body: () throws -> R) rethrows -> R { try body() }
}
