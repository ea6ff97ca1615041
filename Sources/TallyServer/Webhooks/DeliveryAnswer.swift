import TallyText

/// What became of one attempt.
enum DeliveryAnswer: Equatable, Sendable {
  case delivered
  /// The receiver wants nothing more, ever: 410.
  case gone
  /// - Parameters:
  ///   - status: `nil`: there was no answer.
  ///   - retryAfter: milliseconds that the receiver asked for.
  case failed(status: Int?, reason: String, retryAfter: Int64?)

  /// - Parameters:
  ///   - status: of the answer.
  ///   - retryAfter: the header as it came.
  ///   - now: Unix milliseconds.
  init(status: Int, retryAfter: String?, now: Int64) {
    switch status {
    case 200..<300: self = .delivered
    case 410: self = .gone
    default:
      let asks = status == 429 || status == 503
      self = .failed(
        status: status, reason: "status \(status)",
        retryAfter: asks ? retryAfter.flatMap { DeliveryAnswer.milliseconds($0, now: now) } : nil)
    }
  }

  /// `Retry-After`: seconds, or a date (RFC 9110, 10.2.3); `nil`: neither.
  static func milliseconds(_ text: String, now: Int64) -> Int64? {
    if !text.isEmpty, text.utf8.allSatisfy({ $0 &- 48 < 10 }) {
      return Int64(text).flatMap { $0 <= Int64.max / 1_000 ? $0 * 1_000 : nil }
    }
    return date(text).map { max(0, $0 - now) }
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// Unix milliseconds of `Sun, 06 Nov 1994 08:49:37 GMT`.
  private static func date(_ text: String) -> Int64? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
      let month = months.firstIndex(of: String(words[2])),
      let year = Int64(words[3]), (1_970...9_999).contains(year)
    else { return nil }
    let clock = words[4].split(separator: ":").map { Int64($0) ?? -1 }
    guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2]),
      let date = CalendarDay(year: year, month: month + 1, day: day)
    else { return nil }
    return (date.daysSince1970 * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]) * 1_000
  }
}
