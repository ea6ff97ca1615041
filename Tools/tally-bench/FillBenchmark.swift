import Tallystick

/// How fast a line is served: reservations that wait for one item, filled by large receipts and by receipts of one unit.
struct Fills {
  /// Units of a large receipt.
  private static let large = 100_000
  private static let batch = 8_192

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 1_000_000)
    let ones = min(20_000, count / 10)
    let shop = try Shop(run.workspace.fresh("fills"), skus: 1, snapshotEvery: 0, stock: 1)
    defer { shop.log.close() }
    let item = ItemName(sku: "sku-0")
    let waiting = try join(count, item, shop.log)
    // The first takes what there is; the others get theirs, so many at once and then one by one.
    let start = seconds()
    var filled = 0
    while filled < count - ones {
      let units = min(Fills.large, count - ones - filled)
      try accept(shop.log.append([Command(.receive([Line(item, Int64(units))]))]))
      filled += units
    }
    // Answered when all of them are durable.
    try accept(shop.log.append([Command(.expire)]))
    let bulk = seconds() - start
    let single = seconds()
    for begin in stride(from: 0, to: ones, by: Fills.batch) {
      let receipts = (begin..<min(ones, begin + Fills.batch)).map { _ in Command(.receive([Line(item, 1)])) }
      try accept(shop.log.append(receipts))
    }
    try accept(shop.log.append([Command(.expire)]))
    let one = seconds() - single
    guard let level = try shop.log.stock([item])[0], level.waiting == 0, level.held == Int64(count) + 1 else {
      throw BenchmarkError("not all who waited were served")
    }
    return Figure(
      value: Double(count - ones) / bulk, unit: "fills/s", reference: "joining the line",
      ratio: Double(count - ones) / bulk / (Double(count) / waiting),
      detail: [
        ("waiting", "\(count)"), ("units a receipt", "\(Fills.large)"), ("durable", "yes"),
        ("joined/s", number(Double(count) / waiting)), ("receipts of one unit", "\(ones)"),
        ("filled/s by these", number(Double(ones) / one)),
      ])
  }

  /// Puts so many in line; returns the seconds that took.
  private func join(_ count: Int, _ item: ItemName, _ log: TallyLog) throws -> Double {
    try accept(log.append([Command(.reserve(id: "first", [Line(item, 1)]))]))
    var elapsed = 0.0
    for begin in stride(from: 0, to: count, by: Fills.batch) {
      let commands = (begin..<min(count, begin + Fills.batch)).map {
        Command(.reserve(id: Name("order-\(1_000_000_000 + $0)"), [Line(item, 1)], wait: .forever))
      }
      let start = seconds()
      try accept(log.append(commands))
      elapsed += seconds() - start
    }
    return elapsed
  }

  private func accept(_ outcomes: [Outcome]) throws {
    for outcome in outcomes {
      guard case .accepted = outcome else { throw BenchmarkError("a command was answered \(outcome)") }
    }
  }
}
