import Tallystick

/// Answers to commands, counted by kind while an import runs: in a table, because a dictionary would be searched for each.
struct AnswerCounts {
  private static let kinds = ImportReport.CommandKind.allCases

  private var counts = [ImportReport.Count](repeating: ImportReport.Count(), count: kinds.count)
  private var units = [Int64?](repeating: nil, count: kinds.count)

  mutating func add(_ answer: ImportReport.Answer, _ kind: ImportReport.CommandKind) {
    counts[AnswerCounts.place(of: kind)].add(answer, 1)
  }

  mutating func addUnits(_ count: Int64, _ kind: ImportReport.CommandKind) {
    let place = AnswerCounts.place(of: kind)
    units[place] = (units[place] ?? 0).saturatingSum(count)
  }

  /// Adds what was counted to a report.
  func addAll(to report: inout ImportReport) {
    for (kind, (count, units)) in zip(AnswerCounts.kinds, zip(counts, units)) {
      if count.total > 0 { report.commands[kind, default: ImportReport.Count()].add(count) }
      if let units { report.units[kind] = report.units[kind, default: 0].saturatingSum(units) }
    }
  }

  /// Its place among all, which are few; the commonest come first.
  private static func place(of kind: ImportReport.CommandKind) -> Int {
    switch kind {
    case .order: places.order
    case .commit: places.commit
    default: kinds.firstIndex(of: kind) ?? 0
    }
  }

  private static let places = (order: kinds.firstIndex(of: .order) ?? 0, commit: kinds.firstIndex(of: .commit) ?? 0)
}
