import Foundation
import TallyAudit
import TallyImport
import Tallystick
import Testing

@Suite(
  "Online Retail, three real weeks of a shop",
  .enabled(
    if: OnlineRetail.isPresent,
    "the data set is not at \(OnlineRetail.path); set TALLY_ONLINE_RETAIL to where it is"))
struct OnlineRetailTests {
  let retail: OnlineRetail
  let log: ImportedLog
  var mapping: ImportMapping

  init() throws {
    retail = try OnlineRetail()
    log = try ImportedLog()
    mapping = try ImportMapping(path: packageRoot.appendingPathComponent("data/online-retail.map.json").path)
  }

  @Test("with ample stock every order is accepted, and every item's total is the same as counted by other means")
  func ample() throws {
    let report = try log.run(OnlineRetail.path, mapping)
    let expected = retail.fold(opening: Dictionary(uniqueKeysWithValues: retail.codes.map { ($0, 100_000) }))
    #expect(expected.refusedOrders == 0)
    try check(report, expected, openingItems: retail.codes.count)
    #expect(!report.hasRejections)
  }

  @Test("with 60 % of the demand in stock many orders are refused, none is oversold, and the totals are right")
  mutating func scarce() throws {
    mapping.opening = .percentOfDemand(60)
    let report = try log.run(OnlineRetail.path, mapping)
    let opening = retail.demand.mapValues { ($0 * 60 + 99) / 100 }
    let expected = retail.fold(opening: opening)
    #expect(expected.refusedOrders > 100)
    try check(report, expected, openingItems: opening.count)
  }

  @Test("imported again, it answers repeated for all that the log has and changes nothing")
  mutating func again() throws {
    mapping.opening = .percentOfDemand(60)
    let first = try log.run(OnlineRetail.path, mapping)
    let before = try log.info()
    let second = try log.run(OnlineRetail.path, mapping)
    let after = try log.info()
    #expect(after.stateDigest == before.stateDigest)
    #expect(after.head == before.head)
    #expect(second.rowAnswers.accepted == 0)
    #expect(second.rowAnswers.repeated == first.rowAnswers.accepted)
    #expect(second.rowAnswers.rejectedTotal == first.rowAnswers.rejectedTotal)
    #expect(second.isComplete)
  }

  @Test("stopped again and again it goes on where it was, and comes to the same state")
  mutating func stopped() throws {
    mapping.opening = .percentOfDemand(60)
    let lines = try Data(contentsOf: URL(fileURLWithPath: OnlineRetail.path)).split(
      separator: 0x0A, maxSplits: 16_000, omittingEmptySubsequences: false)
    let part = try log.scratch.file("part.csv", lines.prefix(16_000).joined(separator: [0x0A]))
    let whole = try ImportedLog()
    _ = try whole.run(part, mapping)
    var stops = 0
    while true {
      // Counted in questions, of which there is one every 256 rows, in both passes.
      var questions = 0
      let limit = 65 + 18 * (stops + 1)
      let report = try log.run(
        part, mapping,
        isCancelled: {
          questions += 1
          return questions > limit
        })
      #expect(report.isComplete)
      if !report.isStopped { break }
      stops += 1
      #expect(report.unsent > 0)
      try #require(stops < 100)
    }
    #expect(stops >= 2)
    #expect(try log.stock() == (try whole.stock()))
    #expect(try log.info().stateDigest == (try whole.info().stateDigest))
  }

  /// The report, the events and the stock against what was counted by other means; and the auditor's word.
  private func check(_ report: ImportReport, _ expected: OnlineRetail.Result, openingItems: Int) throws {
    #expect(report.rows == retail.lines)
    #expect(report.isComplete)
    #expect(report.skipped == [.malformed: retail.cutOff, .leftOut: retail.leftOut, .notStock: retail.notStock])
    #expect(report.rowAnswers.accepted == expected.acceptedRows)
    #expect(report.rowAnswers.repeated == 0)
    #expect(report.rowAnswers.invalid == 0)
    #expect(
      report.rowAnswers.rejected[.insufficient, default: 0] == expected.refusedOrderRows + expected.refusedWriteOffs)
    #expect(report.rowAnswers.rejected[.unknownItem, default: 0] == expected.unknownWriteOffs)
    #expect(report.commands[.order]?.accepted == expected.orders)
    #expect(report.commands[.order]?.rejectedTotal == expected.refusedOrders)
    #expect(report.commands[.commit]?.accepted == expected.orders)
    #expect(report.commands[.commit]?.total == expected.orders)
    #expect(report.commands[.returned]?.accepted == expected.returns)
    #expect(report.commands[.returned]?.total == expected.returns)
    #expect(report.commands[.writeOff]?.accepted == expected.writeOffs)
    #expect(report.openingItems == openingItems)

    let counts = try log.eventCounts()
    #expect(
      counts == [
        .itemRegistered: expected.stock.count, .received: 1, .reserved: expected.orders, .committed: expected.orders,
        .returned: expected.returns, .adjusted: expected.writeOffs,
      ])
    let info = try log.info()
    #expect(info.head.lastSequence == UInt64(counts.values.reduce(0, +)))

    let stock = try log.stock()
    #expect(stock.count == expected.stock.count)
    for (code, onHand) in expected.stock {
      #expect(stock[ItemName(sku: Name(code))] == [onHand, 0], "\(code)")
      #expect(onHand >= 0)
    }

    let audit = try Auditor(LogDirectory(log.path)).run()
    #expect(audit.verdict == .proven)
    #expect(audit.violations.isEmpty)
    #expect(audit.head == info.head)
    #expect(audit.stateDigest == info.stateDigest)
    #expect((audit.minAvailable ?? -1) >= 0)
    print("online retail:", report.summary)
  }
}

extension ImportReport {
  /// All counts on one line, for whoever reads the test's output.
  var summary: String {
    let skipped = skipped.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
    let commands = CommandKind.allCases.compactMap { kind in
      self.commands[kind].map {
        let reasons = $0.rejected.map { " \($0.key.rawValue) \($0.value)" }.sorted().joined()
        return "\(kind.rawValue) \($0.accepted)/\($0.total)\(reasons)"
      }
    }
    return "rows \(rows): accepted \(rowAnswers.accepted), rejected \(rowAnswers.rejectedTotal), skipped "
      + skipped.joined(separator: ", ") + "; commands accepted/asked: " + commands.joined(separator: ", ")
      + "; events \(lastSequence), opening items \(openingItems)"
  }
}
