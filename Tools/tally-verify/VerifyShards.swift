import ArgumentParser
import Glibc
import TallyAudit
import TallyFormat
import TallyProcess
import TallyText

/// A shop of several shards: every log, and all of them together.
extension TallyVerify {
  func verify(_ shop: ShardedDirectory, _ files: any FileSystem) throws {
    let others: [(String, Bool)] = [
      ("--from-checkpoint", fromCheckpoint != nil), ("--remember", remember != nil),
      ("--certificate", certificate != nil),
      ("--report", reporting.report != nil), ("--auditor-key", auditorKey != nil), ("--tiles", tiles != nil),
    ]
    if let (option, _) = others.first(where: { $0.1 }) {
      complain("\(option) is about one log: name a shard's, as in \(shop.log(0).path)")
      throw ExitCode(64)
    }
    var options = AuditOptions()
    options.jobs = jobs
    options.requiresIntactSnapshots = snapshots
    var progress = ProgressLine()
    let report: ShardedReport
    do {
      defer { progress.clear() }
      report = try ShardedAuditor(shop, files: files, options: options).run { progress.show($1) }
    }
    do throws(StandardOutput.Failure) {
      try StandardOutput.line(json ? report.json : report.text)
    } catch {
      if error.code != EPIPE {
        complain(error.description)
        throw ExitCode(74)
      }
    }
    report.explain(shop)
    switch report.verdict {
    case .proven: return
    case .violated, .inconsistent: throw ExitCode(1)
    case .damaged: throw ExitCode(65)
    }
  }
}

extension ShardedReport {
  /// For a terminal.
  fileprivate var text: String {
    var lines = ["\(verdict.rawValue.uppercased())  \(map.count) shards, \(violationCount) violations", ""]
    for (shard, log) in logs.enumerated() {
      lines.append(
        "  shard \(shard)  \(log.verdict.rawValue), events 1 to \(log.lastSequence), \(log.reservations) reservations, "
          + "\(log.items) items")
    }
    lines += [
      "",
      "  carts over shards  \(carts.confirmed) confirmed: \(carts.open) open, \(carts.sold) sold, \(carts.released) given "
        + "back or given up; \(carts.unfinished) unfinished",
    ]
    for shard in strangers { lines.append("  shard \(shard)  has another log than the map says") }
    for (shard, log) in logs.enumerated() {
      for violation in log.violations {
        lines.append("  shard \(shard), event \(violation.sequence)  \(violation.rule.rawValue): \(violation.detail)")
      }
    }
    for violation in violations {
      let cart = violation.cart.map { " cart \($0)" } ?? ""
      lines.append(
        "  shard \(violation.shard), event \(violation.sequence)  \(violation.rule.rawValue)\(cart): \(violation.detail)"
      )
    }
    return lines.map(\.printable).joined(separator: "\n")
  }

  /// With a verdict other than proven, one line on standard error says what, where, and what to do.
  fileprivate func explain(_ shop: ShardedDirectory) {
    if let (shard, log) = logs.enumerated().map({ ($0.offset, $0.element) }).first(where: { $0.1.damage != nil }),
      let damage = log.damage
    {
      complain(
        "\(shop.log(shard).path)/\(damage.file) is damaged at byte \(damage.offset): \(damage.detail). Restore that shard "
          + "from a copy; no cart over shards was judged.")
    } else if let shard = strangers.first {
      complain("\(shop.log(shard).path) has another log than the map says: put the right one back.")
    } else if let first = violations.first {
      complain(
        "the shards of \(shop.path) break the rule \(first.rule.rawValue) at event \(first.sequence) of shard "
          + "\(first.shard): \(first.detail). Look at it with `tally events --log \(shop.log(first.shard).path)`.")
    } else if let shard = logs.firstIndex(where: { $0.verdict != .proven }) {
      complain("shard \(shard) is \(logs[shard].verdict.rawValue): see tally-verify \(shop.log(shard).path).")
    }
  }
}
