import TallyTestSupport
import Testing

@testable import TallyAudit

@Suite("What is thinned out")
struct ThinningTests {
  @Test("a dip of one event among a hundred thousand survives, at its own time", arguments: Seeds.few(3))
  func dip(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let events = 100_000
    let dip = Int.random(in: 1..<(events - 1), using: &random)
    var line = ThinnedLine(TimeSpan(1_000, 1_000 + Int64(events) * 10))
    for number in 0..<events {
      let value = number == dip ? -1 : Int64.random(in: 500...1_000, using: &random)
      line.add(value, at: 1_000 + Int64(number) * 10)
    }
    #expect(line.isThinned && line.count == events)
    #expect(line.points.filter { $0.value == -1 }.map(\.time) == [1_000 + Int64(dip) * 10])
    #expect(line.points.count <= 4 * ThinnedLine.mostPlaces)
  }

  @Test(
    "every part keeps its first figure, its lowest, its highest and its last, in their order", arguments: Seeds.few(3))
  func parts(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let span = TimeSpan(0, 10_000)
    var line = ThinnedLine(span, places: 20)
    var values: [(time: Int64, value: Int64)] = []
    var time: Int64 = 0
    while time <= span.last {
      values.append((time, Int64.random(in: -50...50, using: &random)))
      time += Int64.random(in: 0...40, using: &random)
    }
    for one in values { line.add(one.value, at: one.time) }
    for place in 0..<20 {
      let here = values.filter { span.place(of: $0.time, among: 20) == place }
      let kept = line.points.filter { span.place(of: $0.time, among: 20) == place }
      #expect(kept.first?.value == here.first?.value && kept.last?.value == here.last?.value)
      #expect(kept.map(\.value).min() == here.map(\.value).min() && kept.map(\.value).max() == here.map(\.value).max())
      #expect(kept.count <= 4)
    }
    let times = line.points.map(\.time)
    #expect(times == times.sorted())
  }

  @Test("few figures are all kept, and times outside of the span go to its ends")
  func few() {
    var line = ThinnedLine(TimeSpan(100, 200), places: 10)
    for (time, value) in [(100, 5), (150, 3), (150, 4), (200, 1)] as [(Int64, Int64)] { line.add(value, at: time) }
    #expect(line.points.map(\.value) == [5, 3, 4, 1] && !line.isThinned)
    for time in [Int64.min, .max, 99, 201] { line.add(7, at: time) }
    #expect(line.places.count == 10 && line.count == 8)
    let moment = TimeSpan(5, 5)
    #expect(moment.place(of: 5, among: 10) == 0 && moment.share(of: .max) == 0)
  }

  @Test("sums over time do not overflow, and add up")
  func columns() {
    var columns = TimeColumns(TimeSpan(0, 99), kinds: 2, places: 10)
    for time in 0..<100 { columns.add(2, kind: 0, at: Int64(time)) }
    columns.add(.max, kind: 1, at: 5)
    columns.add(1, kind: 1, at: 5)
    #expect(columns.sums[0].reduce(0, +) == 200 && columns.total(0) == 200 && columns.total(1) == .max)
  }

  @Test("the foremost of many are those that sorting finds", arguments: Seeds.few(3))
  func foremost(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var foremost = Foremost<Int>(10)
    let values = (0..<500).map { _ in Int.random(in: 0...200, using: &random) }
    for (number, value) in values.enumerated() {
      foremost.add(.init(value: Int64(value), number: UInt64(number))) { value }
    }
    #expect(foremost.elements == Array(values.sorted().prefix(10)))
  }
}
