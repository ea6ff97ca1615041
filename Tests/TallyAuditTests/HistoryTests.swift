import TallyFormat
import TallyReport
import TallyTestSupport
import Testing

@testable import TallyAudit
@testable import Tallystick

@Suite("The history that an audit tells")
struct HistoryTests {
  private func audit(
    _ path: String, _ items: [HistoryRequest.Item] = [], memory: AuditMemory? = nil
  ) throws -> AuditReport {
    var options = AuditOptions()
    options.history = HistoryRequest(items: items)
    options.itemLimit = 50
    options.memory = memory
    return try Auditor(LogDirectory(path), options: options).run()
  }

  /// Commands one after the other, a millisecond apart; returns the log's path.
  private func shop(
    _ seed: UInt64, commands: Int, in directory: TemporaryDirectory, from time: Int64 = 1_000
  ) throws -> String {
    let path = directory.path + "/shop.tally"
    if time == 1_000 { try TallyLog.create(path, settings: LogSettings(journalsRefusals: true)) }
    let log = try TallyLog(path)
    defer { log.close() }
    var shopper = RandomShopper(seed: seed)
    let commands = (0..<commands).map { number in
      var command = shopper.next()
      command.time = time + Int64(number)
      return command
    }
    for start in stride(from: 0, to: commands.count, by: 97) {
      _ = log.append(Array(commands[start..<min(start + 97, commands.count)]))
    }
    return path
  }

  @Test("is that of a log read event by event: waits, expiries, refusals, lowest stock", arguments: Seeds.few(3))
  func counts(seed: UInt64) throws {
    let directory = TemporaryDirectory()
    let path = try shop(seed, commands: 3_000, in: directory)
    let report = try audit(path)
    let history = try #require(report.history)
    let again: Comment = "\(Seeds.replay(seed, of: "HistoryTests"))"
    #expect(report.verdict == .proven && report.warnings.isEmpty, again)
    #expect(history.span == TimeSpan(report.firstTime, report.lastTime), again)
    let waits = history.waiting
    #expect(waits.joined == report.waited && waits.filled == report.filled && waits.stillCount == report.waiting, again)
    #expect(waits.joined == waits.filled + waits.gaveUp + waits.withdrawn + waits.stillCount, again)
    #expect(
      waits.served.reduce(0, +) == waits.filled && (waits.line.points.last?.value ?? 0) == waits.stillCount, again)
    let refused = report.refused.reduce(UInt64(0)) { $0 + $1.units }
    #expect(
      history.refusals.isKept && refused == history.refusals.units.total(0) + history.refusals.units.total(1), again)
    for stock in history.stock {
      let item = try #require(report.lowest.first { $0.sku == stock.item.sku && $0.location == stock.item.location })
      let drawn = stock.available.points.map(\.value)
      #expect(drawn.contains(item.available) && drawn.allSatisfy { $0 >= 0 }, again)
      #expect(stock.onHand.points.last?.value == item.onHand && stock.held.points.last?.value == item.held, again)
      #expect(stock.tightest?.sequence == item.sequence, again)
      #expect(stock.closeUp?.contains { $0.sequence == item.sequence && $0.available == item.available } == true, again)
    }
    for moment in history.moments { #expect(moment.time != nil && !moment.kind.isEmpty, again) }
    #expect(history.expiries.items.allSatisfy { $0.holds > 0 && $0.units > 0 }, again)
  }

  @Test("of who waited says who, since when, until when, and for what")
  func waits() throws {
    let log = try ForgedLog()
    log.item("tea")
    log.receive([(0, 2)])
    log.reserve("first", [(0, 2)])
    log.time = 2_000
    log.wait("second", [(0, 2)], for: 60_000)
    log.wait("third", [(0, 1)])
    log.time = 9_000
    log.settle(.released, 3)
    log.goesOn()
    log.fill(4)
    try log.frame()
    let report = try audit(log.path)
    let waits = try #require(report.history).waiting
    #expect(waits.longest.map(\.id) == ["second"] && waits.still.map(\.id) == ["third"])
    let second = try #require(waits.longest.first)
    #expect(second.joined == 4 && second.joinedTime == 2_000 && second.endedTime == 9_000 && second.duration == 7_000)
    #expect(second.item == HistoryItem(sku: "tea", location: "main") && second.units == 2)
    #expect(waits.served[1] == 1 && waits.line.points.map(\.value) == [1, 2, 1])
  }

  @Test("of an oversold log has the dip below zero, and the event that made it", arguments: [false, true])
  func oversold(isNamed: Bool) throws {
    let log = try ForgedLog()
    log.item("tea")
    log.item("cup")
    log.receive([(0, 10), (1, 1_000)])
    try log.frame()
    for number in 0..<500 {
      log.time += 1
      log.reserve(Name("o-\(number)"), [(1, 1)])
    }
    log.time += 1
    log.reserve("too-much", [(0, 11)])
    let event = log.events.nextSequence - 1
    log.settle(.released, event)
    for number in 500..<900 {
      log.time += 1
      log.reserve(Name("o-\(number)"), [(1, 1)])
    }
    try log.frame()
    let report = try audit(log.path, isNamed ? [.init(sku: "tea", location: nil)] : [])
    #expect(report.verdict == .violated)
    let history = try #require(report.history)
    #expect(history.stock.map(\.item.sku) == (isNamed ? ["tea"] : ["tea", "cup"]))
    let tea = try #require(history.stock.first)
    #expect(tea.available.points.map(\.value) == [10, -1, 10])
    #expect(history.moments.first?.id == "too-much" && history.moments.first?.sequence == event)
  }

  @Test("of every forged log can be told, and be shown", arguments: Forgery.all)
  func forged(forgery: Forgery) throws {
    let log = try ForgedLog()
    log.stock()
    try forgery.forge(log)
    try log.frame()
    let report = try audit(log.path)
    #expect(report.history != nil)
    let origin = ReportOrigin(path: log.path, command: [], checkpoint: nil, made: 0, version: "")
    let page = AuditPage(report, origin: origin).html
    #expect(page.hasSuffix("</html>\n") && page.utf8.count < 200_000)
  }

  @Test("says which named items there are not, and how many are too many")
  func named() throws {
    let log = try ForgedLog()
    for place in 0..<9 { log.item("tea", Name("place-\(place)")) }
    log.receive((0..<9).map { (UInt32($0), 1) })
    try log.frame()
    let tea = HistoryRequest.Item(sku: "tea", location: nil)
    let history = try #require(
      try audit(
        log.path, [.init(sku: "tea", location: "place-7"), tea, .init(sku: "pot", location: nil)]
      ).history)
    #expect(history.stock.map(\.item.location) == ["place-7", "place-0", "place-1", "place-2", "place-3", "place-4"])
    #expect(history.itemsLeftOut == 3 && history.unknownItems.map(\.sku) == ["pot"])
  }

  @Test("of an audit that remembers begins where the one before ended", arguments: Seeds.few(2))
  func remembered(seed: UInt64) throws {
    let directory = TemporaryDirectory()
    let path = try shop(seed, commands: 500, in: directory)
    let before = try audit(path, memory: AuditMemory(directory.path + "/memory"))
    _ = try shop(seed + 1, commands: 500, in: directory, from: 2_000)
    let memory = try AuditMemory(directory.path + "/memory")
    let report = try audit(path, memory: memory)
    let again: Comment = "\(Seeds.replay(seed, of: "HistoryTests"))"
    #expect(report.rememberedSequence == before.lastSequence && report.verdict == .proven, again)
    let history = try #require(report.history)
    #expect(history.span == TimeSpan(before.lastTime, report.lastTime), again)
    #expect(history.waiting.stillCount == report.waiting, again)
    for stock in history.stock {
      guard let item = report.lowest.first(where: { $0.sku == stock.item.sku && $0.location == stock.item.location })
      else { continue }
      #expect(stock.onHand.points.last?.value == item.onHand && stock.held.points.last?.value == item.held, again)
    }
  }

  @Test("is that of what is before the damage, where a log is damaged")
  func damaged() throws {
    let log = try ForgedLog()
    log.stock()
    try log.frame()
    log.reserve("order-1", [(0, 1)])
    let end = try log.frame()
    let file = try LocalFileSystem().open(LogDirectory(log.path).segment(1), .readWrite)
    try file.write([0xFF, 0xFF], at: end + 60)
    log.reserve("order-2", [(0, 1)])
    try log.frame()
    let report = try audit(log.path)
    #expect(report.verdict == .damaged && report.warnings.isEmpty)
    #expect(try #require(report.history).moments.isEmpty)
  }

  @Test("is not gathered where none is asked for, nor of a log without frames")
  func none() throws {
    let directory = TemporaryDirectory()
    let path = try shop(1, commands: 50, in: directory)
    #expect(try Auditor(LogDirectory(path)).run().history == nil)
  }
}
