import TallyImport

/// Problems of an import, on standard error when it is over: those that cost most rows first, so many of each reason, and
/// then how many more.
struct ProblemList {
  /// Reasons that are told apart: a column's unknown values are one each.
  private static let maximumReasons = 1000

  private struct Reason {
    var rows = 0
    var count = 0
    var shown: [String] = []
  }
  private let limit: Int
  private var reasons: [String: Reason] = [:]
  /// In the order in which they first appeared.
  private var order: [String] = []

  init(limit: Int) { self.limit = limit }

  mutating func add(_ problem: ImportProblem) {
    let isKnown = reasons[problem.reason] != nil
    let name = isKnown || order.count < ProblemList.maximumReasons ? problem.reason : "other reasons"
    if reasons[name] == nil { order.append(name) }
    var reason = reasons[name] ?? Reason()
    reason.rows += problem.rows
    reason.count += 1
    if reason.shown.count < max(1, limit) { reason.shown.append(problem.description) }
    reasons[name] = reason
  }

  private var byCost: [(name: String, reason: Reason)] {
    let all = order.enumerated().map { (place: $0.offset, name: $0.element, reason: reasons[$0.element] ?? Reason()) }
    return all.sorted { $0.reason.rows == $1.reason.rows ? $0.place < $1.place : $0.reason.rows > $1.reason.rows }
      .map { ($0.name, $0.reason) }
  }

  /// By cost, with the first message of each.
  var counts: [ImportReport.ProblemCount] {
    byCost.map { .init(reason: $0.name, rows: $0.reason.rows, example: $0.reason.shown.first ?? "") }
  }

  func show() {
    for (name, reason) in byCost {
      if reason.rows > 1 { StandardError.print("\(reason.rows) rows: \(name)") }
      for message in reason.shown.prefix(limit) { StandardError.print(message) }
      let more = reason.count - min(limit, reason.shown.count)
      if more > 0 { StandardError.print("and \(more) more of these") }
    }
  }
}
