import Tallystick
import Testing

@testable import TallyImport

@Suite("The order of rows")
struct ArrangementTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  private func mapping(_ order: ImportMapping.Order) throws -> ImportMapping {
    var mapping = try smallMapping()
    mapping.order = order
    return mapping
  }

  /// Rows of some documents, each with its own time, in any order; some of them movements.
  private func rows(_ generator: inout Generator) -> [ImportRow] {
    (0..<400).map { line in
      let document = Int.random(in: 0..<120, using: &generator)
      return ImportRow(
        line: line + 2, document: Name("D\(document)"), item: ItemName(sku: Name("s\(line % 9)"), location: "berlin"),
        quantity: Int64(line), time: Int64(document * 7919 % 100) * 86_400_000, customer: line % 3 == 0 ? "c" : nil,
        reason: line % 5 == 0 ? "lost" : nil, destination: line % 7 == 0 ? "paris" : nil,
        action: document % 2 == 0 ? .order : .receive, recordCount: line % 2)
    }
  }

  @Test(
    "documents are brought together and sorted, in memory and on the disk alike", arguments: 0..<8 as Range<UInt64>,
    ImportMapping.Order.allCases)
  func sorted(seed: UInt64, order: ImportMapping.Order) throws {
    var generator = Generator(state: seed)
    let rows = rows(&generator)
    for (memory, places) in [(1 << 20, 1 << 20), (2000, 1 << 20), (100, 40), (2000, 0), (1 << 20, 119)] {
      var arrangement = RowArrangement(try mapping(order), memory: memory, maximumPlaces: places)
      for row in rows { try arrangement.append(row) }
      var inFileOrder = [ImportRow]()
      try arrangement.inFileOrder { row in
        inFileOrder.append(row)
        return true
      }
      #expect(inFileOrder == rows, "seed \(seed), memory \(memory), places \(places)")
      var found = [ImportRow]()
      try arrangement.showAll { row in
        found.append(row)
        return true
      }
      #expect(found == expected(rows, order), "seed \(seed), memory \(memory), places \(places)")
    }
  }

  /// By other means: groups in a dictionary.
  private func expected(_ rows: [ImportRow], _ order: ImportMapping.Order) -> [ImportRow] {
    let groups = Dictionary(grouping: rows, by: \.document).values
    let sorted = groups.sorted { a, b in
      if order == .oldestFirst || a[0].time == b[0].time {
        return order == .newestFirst ? a[0].line > b[0].line : a[0].line < b[0].line
      }
      return a[0].time < b[0].time
    }
    return sorted.flatMap { $0 }
  }

  @Test("what stands together and goes forward is not moved")
  func untouched() throws {
    var arrangement = RowArrangement(try mapping(.oldestFirst), memory: 300)
    for line in 0..<50 {
      try arrangement.append(
        ImportRow(
          line: line, document: Name("D\(line / 3)"), item: ItemName(sku: "tea"), quantity: 1, time: 5, action: .order))
    }
    #expect(!arrangement.isScattered)
    var lines = [Int]()
    try arrangement.showAll { row in
      lines.append(row.line)
      return lines.count < 40
    }
    #expect(lines == Array(0..<40))
  }
}
