import Glibc
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
      value: settled.night.clock, unit: "s", reference: "a log of the day alone",
      ratio: settled.night.clock / settled.alone.clock,
      detail: [
        ("events before", "\(count)"), ("events a day", "\(count / 100)"), ("ids", "UUIDs"),
        ("median of nights", "\(VerifyNight.nights)"),
        ("mean s", number(settled.mean)), ("slowest s", number(settled.slowest)),
        ("day alone s", number(settled.alone.clock)),
        ("processor s", number(settled.night.processor)), ("day alone, processor s", number(settled.alone.processor)),
        ("processor ratio", number(settled.night.processor / settled.alone.processor)),
        ("whole log, and remembering it, s", number(settled.whole)),
        ("never settled, events before", "\(unsettled)"), ("never settled s", number(held.night.clock)),
        ("never settled, day alone s", number(held.alone.clock)),
        ("never settled, processor ratio", number(held.night.processor / held.alone.processor)),
      ])
  }

  /// Of one audit, in seconds: by the clock, and of the processor's work.
  private struct Time {
    var clock: Double
    var processor: Double

    static func median(of times: [Time]) -> Time {
      Time(clock: tally_bench.median(times.map(\.clock)), processor: tally_bench.median(times.map(\.processor)))
    }
  }

  private struct Times {
    var whole: Double
    var nights: [Time]
    var alone: Time
    var night: Time { Time.median(of: nights) }
    var mean: Double { nights.map(\.clock).reduce(0, +) / Double(nights.count) }
    var slowest: Double { nights.map(\.clock).max() ?? 0 }
  }

  private func measure(_ run: Run, _ name: String, _ count: Int, open: Int) throws -> Times {
    let path = run.workspace.fresh("night-\(name)")
    let memory = run.workspace.fresh("memory-\(name)")
    var sales = SettledSales(open: open, ids: .uuid)
    var shop = try Shop(path, skus: 100_000)
    try sales.sell(count, shop)
    shop.log.close()
    let whole = try audit(path, memory).clock
    let alone = try dayAlone(run, name, count / 100, isSettled: open < count)
    var times = Times(whole: whole, nights: [], alone: alone)
    for _ in 0..<VerifyNight.nights {
      shop = Shop(path: path, log: try TallyLog(path), items: shop.items)
      try sales.sell(count / 100, shop)
      shop.log.close()
      times.nights.append(try audit(path, memory))
    }
    return times
  }

  /// A day's events behind as many items in stock: the median of five audits.
  private func dayAlone(_ run: Run, _ name: String, _ day: Int, isSettled: Bool) throws -> Time {
    let path = run.workspace.fresh("day-\(name)")
    let shop = try Shop(path, skus: 100_000)
    var sales = SettledSales(open: isSettled ? day / 20 : day, ids: .uuid, seed: 7)
    try sales.sell(day, shop)
    shop.log.close()
    return Time.median(of: try (0..<5).map { _ in try audit(path, nil) })
  }

  private func audit(_ path: String, _ memory: String?) throws -> Time {
    let (start, work) = (seconds(), processorSeconds())
    var options = AuditOptions()
    options.memory = try memory.map { try AuditMemory($0) }
    let report = try Auditor(LogDirectory(path), options: options).run()
    guard report.verdict == .proven else { throw BenchmarkError("the log is \(report.verdict.rawValue)") }
    return Time(clock: seconds() - start, processor: processorSeconds() - work)
  }

  /// Of all threads of this process.
  private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
