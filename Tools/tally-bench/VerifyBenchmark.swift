import TallyAudit
import Tallystick

/// The auditor's replay with all rules.
struct Verify {
  let jobs: Int

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 3_000_000)
    let shop = try Shop(run.workspace.fresh("verify-\(jobs)"), skus: 100_000)
    _ = try shop.sell(count, ids: .sequential, batch: 8192)
    shop.log.close()
    var options = AuditOptions()
    options.jobs = jobs
    let report = try Auditor(LogDirectory(shop.path), options: options).run()
    guard report.verdict == .proven else { throw BenchmarkError("the log is \(report.verdict.rawValue)") }
    let bare = try decompressAndHash(shop.path)
    return Figure(
      value: Double(report.events) / report.seconds, unit: "events/s",
      reference: "only decompressing and hashing the same bytes", ratio: bare / report.seconds,
      detail: [("events", "\(report.events)"), ("seconds", number(report.seconds)), ("jobs", "\(jobs)")])
  }

  /// Seconds to read the frames, check their hashes and decompress them.
  private func decompressAndHash(_ path: String) throws -> Double {
    let start = seconds()
    let stream = try FrameStream(LogDirectory(path), files: LocalFileSystem())
    let decompressor = LZ4Decompressor()
    var bytes = 0
    while case .frame(let frame, _) = try stream.next() {
      if frame.isEmpty { continue }
      bytes += try frame.withPayload { payload in
        try decompressor.withDecompressed(payload, maximum: Limits.maxPayloadBytes) { $0.count }
      }
    }
    guard bytes > 0 else { throw BenchmarkError("there was nothing to decompress") }
    return seconds() - start
  }
}
