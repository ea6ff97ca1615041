import TallyAudit
import TallyFormat
import Testing

@testable import Tallystick

@Suite("Figures of an audit")
struct FiguresTests {
  @Test("say how low each item fell and by which event first, and what was there and held when")
  func lowest() throws {
    let log = try ForgedLog()
    log.stock()
    log.reserve("a", [(0, 4)])
    log.settle(.released, 4)
    log.reserve("b", [(0, 4), (1, 1)])
    try log.frame()
    log.reserve("c", [(0, 1)])
    log.settle(.committed, 6)
    log.adjust(1, by: -3)
    log.receive([(1, 9)])
    log.reserve("d", [(1, 9)])
    try log.frame()
    var options = AuditOptions()
    options.itemLimit = 10
    let report = try Auditor(LogDirectory(log.path), options: options).run()
    #expect(report.verdict == .proven)
    // Tea: 6 after events 4 and 6, 5 after 7. Cups: 4 after 6, 1 after 9 and again after 11.
    #expect(report.lowest.map(\.sku) == ["cup", "tea"])
    #expect(report.lowest.map(\.available) == [1, 5])
    #expect(report.lowest.map(\.sequence) == [9, 7])
    #expect(report.lowest.map(\.onHand) == [10, 6])
    #expect(report.lowest.map(\.held) == [9, 1])
    #expect(report.minAvailable == 1)
    #expect(report.minAvailableSequence == 9)
    #expect(report.timeline.map(\.sequence) == [6, 11])
    #expect(report.timeline.map(\.onHand) == [15, 16])
    #expect(report.timeline.map(\.held) == [5, 10])
    #expect(report.reservations == 4)
    #expect(report.events == 11)
  }
}
