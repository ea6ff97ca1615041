import TallyAudit
import TallyTestSupport
import TallyText
import Testing

@testable import TallyReport

@Suite("A chart's axes")
struct ScaleTests {
  @Test(
    "have round figures from zero or below to the highest, or above",
    arguments: [
      (0, 0, [0, 1]), (0, 3, [0, 1, 2, 3]), (0, 17, [0, 5, 10, 15, 20]), (0, 1_000, [0, 200, 400, 600, 800, 1_000]),
      (-3, 8, [-5, 0, 5, 10]), (-7, -2, [-8, -6, -4, -2, 0]), (5, 99, [0, 20, 40, 60, 80, 100]),
      (0, 9_007_199_254_740_991, [0, 2e15, 4e15, 6e15, 8e15, 1e16]),
    ] as [(Int64, Int64, [Double])])
  func units(low: Int64, high: Int64, ticks: [Double]) {
    let scale = UnitScale(low: low, high: high)
    #expect(scale.ticks == ticks)
    #expect(scale.share(of: scale.low) == 0 && scale.share(of: scale.high) == 1)
  }

  @Test("hold every figure there is, with few ticks and zero among them", arguments: Seeds.few(2))
  func anyUnits(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<2_000 {
      let values = (0..<2).map { _ in
        Int64.random(in: -(1 << 62)...(1 << 62), using: &random) >> Int64.random(in: 0...62, using: &random)
      }
      let scale = UnitScale(low: values.min() ?? 0, high: values.max() ?? 0)
      #expect(scale.ticks.contains(0) && (2...8).contains(scale.ticks.count), "\(values)")
      for value in values { #expect((0...1).contains(scale.share(of: Double(value))), "\(values)") }
    }
  }

  @Test(
    "say units in few letters",
    arguments: [
      (0, "0"), (17_500, "17,500"), (-99_999, "-99,999"), (250_000, "250k"), (1_500_000, "1.5M"), (2e9, "2G"),
      (1e16, "10P"),
    ] as [(Double, String)])
  func letters(value: Double, text: String) { #expect(UnitScale.label(value) == text) }

  private func ticks(_ first: String, _ last: String) throws -> [String] {
    let span = TimeSpan(
      try #require(Timestamp.milliseconds(first)), try #require(Timestamp.milliseconds(last)))
    return TimeScale(span).ticks.map { $0.context.isEmpty ? $0.label : "\($0.label) | \($0.context)" }
  }

  @Test("tell the time where clocks and calendars do: milliseconds")
  func milliseconds() throws {
    #expect(
      try ticks("2026-11-28T14:05:10.001Z", "2026-11-28T14:05:10.007Z")
        == ["14:05:10.002 | 28 Nov 2026", "14:05:10.004", "14:05:10.006"])
    // Four would be on top of each other on a telephone.
    #expect(try ticks("2026-11-28T14:05:10.001Z", "2026-11-28T14:05:10.009Z") == ["14:05:10.005 | 28 Nov 2026"])
  }

  @Test("minutes, over midnight")
  func minutes() throws {
    #expect(
      try ticks("2026-12-31T23:52:00Z", "2027-01-01T00:13:00Z")
        == ["23:55 | 31 Dec 2026", "00:00 | 1 Jan 2027", "00:05", "00:10"])
  }

  @Test("weeks, which begin on Mondays")
  func weeks() throws {
    #expect(
      try ticks("2026-11-01T10:00:00Z", "2026-12-05T10:00:00Z")
        == ["2 Nov | 2026", "9 Nov", "16 Nov", "23 Nov", "30 Nov"])
  }

  @Test("months, and years")
  func months() throws {
    #expect(try ticks("2026-10-03T00:00:00Z", "2027-02-20T00:00:00Z") == ["Nov | 2026", "Dec", "Jan | 2027", "Feb"])
    #expect(try ticks("2019-02-01T00:00:00Z", "2024-05-01T00:00:00Z") == ["2020", "2021", "2022", "2023", "2024"])
  }

  @Test("one moment has one tick, and no span has many", arguments: Seeds.few(2))
  func anyTimes(seed: UInt64) {
    #expect(TimeScale(TimeSpan(1_000, 1_000)).ticks.map(\.label) == ["00:00:01.000"])
    var random = SplitMix64(seed: seed)
    for _ in 0..<2_000 {
      let first = Int64.random(in: 0...(1 << 53), using: &random) >> Int64.random(in: 0...50, using: &random)
      let length = Int64.random(in: 2...(1 << 53), using: &random) >> Int64.random(in: 0...50, using: &random)
      let ticks = TimeScale(TimeSpan(first, first + max(length, 2))).ticks
      #expect((1...8).contains(ticks.count), "from \(first), \(length) ms: \(ticks)")
      #expect(ticks.allSatisfy { (0...1).contains($0.share) })
      #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.share < $1.share })
    }
  }

  @Test(
    "durations are said in two words",
    arguments: [
      (850, "850 ms"), (12_500, "12.5 s"), (200_000, "3 min 20 s"), (7_500_000, "2 h 5 min"), (273_600_000, "3 d 4 h"),
      (-1_000, "-1 s"),
    ] as [(Int64, String)])
  func durations(milliseconds: Int64, text: String) { #expect(Moments.duration(milliseconds) == text) }
}
