import Tallystick

/// How many lines of a bulk load went how.
struct BulkCounts: CustomStringConvertible {
  private(set) var accepted = 0
  private(set) var repeated = 0
  /// Repeated reservations that hold nothing any more.
  private(set) var lapsed = 0
  private(set) var rejected = 0
  private(set) var invalid = 0
  private(set) var failed = 0
  private(set) var reasons: [Rejection.Reason: Int] = [:]
  /// Why the log failed, if it did.
  private(set) var failure: String?

  mutating func add(_ outcome: Outcome) {
    switch outcome {
    case .accepted: accepted += 1
    case .repeated(let acceptance): if acceptance.hasLapsed { lapsed += 1 } else { repeated += 1 }
    case .rejected(let rejection):
      rejected += 1
      reasons[rejection.reason, default: 0] += 1
    case .invalid: invalid += 1
    case .busy(let busy):
      // A load has one portion in flight, which a queue without others always takes.
      failed += 1
      failure = "the log is busy: \(busy)"
    case .failed(let cause):
      failed += 1
      failure = cause.description
    }
  }

  var description: String {
    var parts = ["\(accepted) accepted"]
    if repeated > 0 { parts.append("\(repeated) repeated") }
    if lapsed > 0 { parts.append("\(lapsed) repeated that hold nothing any more") }
    if rejected > 0 {
      let why = Rejection.Reason.allCases.compactMap { reason in reasons[reason].map { "\(reason.rawValue) \($0)" } }
      parts.append("\(rejected) rejected (\(why.joined(separator: ", ")))")
    }
    if invalid > 0 { parts.append("\(invalid) invalid") }
    if failed > 0 { parts.append("\(failed) failed") }
    return parts.joined(separator: ", ")
  }
}
