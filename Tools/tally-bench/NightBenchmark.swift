import TallyAudit
import Tallystick

/// The auditor's nightly run, who remembers: nights that each add a hundredth to a log, beside a log of such a day alone.
struct VerifyNight {
  /// So many that files of names are written together once.
  private static let nights = 9

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 8_000_000)
    let settled = try measure(run, "settled", count, open: min(100_000, count / 20))
    let unsettled = min(count / 8, 1_000_000)
    let held = try measure(run, "held", unsettled, open: count)
    return Figure(
      value: settled.mean, unit: "s", reference: "a log of the day alone", ratio: settled.mean / settled.alone,
      detail: [
        ("events before", "\(count)"), ("events a day", "\(count / 100)"), ("ids", "UUIDs"),
        ("nights", "\(VerifyNight.nights)"),
        ("median of the nights s", number(settled.median)), ("slowest night s", number(settled.slowest)),
        ("day alone s", number(settled.alone)), ("median ratio", number(settled.median / settled.alone)),
        ("whole log, and remembering it, s", number(settled.whole)),
        ("never settled, events before", "\(unsettled)"),
        ("never settled, median of the nights s", number(held.median)),
        ("never settled, day alone s", number(held.alone)),
        ("never settled, median ratio", number(held.median / held.alone)),
      ])
  }

  /// In seconds.
  private struct Times {
    var whole: Double
    var nights: [Double]
    var alone: Double
    var mean: Double { nights.reduce(0, +) / Double(nights.count) }
    var median: Double { tally_bench.median(nights) }
    var slowest: Double { nights.max() ?? 0 }
  }

  private func measure(_ run: Run, _ name: String, _ count: Int, open: Int) throws -> Times {
    let path = run.workspace.fresh("night-\(name)")
    let memory = run.workspace.fresh("memory-\(name)")
    var sales = SettledSales(open: open, ids: .uuid)
    var shop = try Shop(path, skus: 100_000)
    try sales.sell(count, shop)
    shop.log.close()
    let alone = try dayAlone(run, name, count / 100, isSettled: open < count)
    var times = Times(whole: try audit(path, memory), nights: [], alone: alone)
    for _ in 0..<VerifyNight.nights {
      shop = Shop(path: path, log: try TallyLog(path), items: shop.items)
      try sales.sell(count / 100, shop)
      shop.log.close()
      times.nights.append(try audit(path, memory))
    }
    return times
  }

  /// A day's events behind as many items in stock: the median of five audits.
  private func dayAlone(_ run: Run, _ name: String, _ day: Int, isSettled: Bool) throws -> Double {
    let path = run.workspace.fresh("day-\(name)")
    let shop = try Shop(path, skus: 100_000)
    var sales = SettledSales(open: isSettled ? day / 20 : day, ids: .uuid, seed: 7)
    try sales.sell(day, shop)
    shop.log.close()
    return median(try (0..<5).map { _ in try audit(path, nil) })
  }

  private func audit(_ path: String, _ memory: String?) throws -> Double {
    let start = seconds()
    var options = AuditOptions()
    options.memory = try memory.map { try AuditMemory($0) }
    let report = try Auditor(LogDirectory(path), options: options).run()
    guard report.verdict == .proven else { throw BenchmarkError("the log is \(report.verdict.rawValue)") }
    return seconds() - start
  }
}
