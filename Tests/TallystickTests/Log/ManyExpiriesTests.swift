import Testing

@testable import Tallystick

@Suite("Many holds due at once")
struct ManyExpiriesTests {
  @Test("expire in as many frames as they take, before the command that comes then")
  func frames() throws {
    let test = try TestLog(segmentSize: 1 << 20)
    let clock = ManualClock(1_000_000)
    let holds = 40_000
    let log = try test.open { $0.clock = { clock.now } }
    log.receive("tea", Int64(holds))
    let tea = try #require(try log.number(of: ItemName(sku: "tea")))
    var rows = CommandRows()
    for number in 0..<holds { rows.reserve(id: "order-\(number)", item: tea, quantity: 1, timeToLive: 1_000) }
    _ = log.append(rows)
    let before = try #require(try lastFrame(test))
    clock.now += 1_000
    // Nothing is available before all have expired.
    #expect(log.reserve("last", "tea", Int64(holds)).sequence == UInt64(2 * holds + 3))
    log.close()
    #expect(try #require(try lastFrame(test)) >= before + 2)
    #expect(try test.audit().verdict == .proven)
  }

  private func lastFrame(_ test: TestLog) throws -> UInt64? {
    let report = try test.audit()
    return report.frames == 0 ? nil : UInt64(report.frames)
  }
}
