import TallyAudit
import TallyText

/// 1234567 as 1,234,567.
package func grouped(_ number: some BinaryInteger) -> String {
  var text = ""
  let digits = String(number.magnitude)
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return number < 0 ? "-" + text : text
}

/// `1 event`, `1,200 events`
func counted(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
  "\(grouped(number)) \(number == 1 ? one : many ?? one + "s")"
}

/// Times and durations for people.
package enum Moments {
  /// `2026-11-28 14:05:10 UTC`
  package static func text(_ milliseconds: Int64) -> String { "\(clock(milliseconds)) UTC" }

  /// `2026-11-28 14:05:10.250`, without a fraction that is zero.
  static func clock(_ milliseconds: Int64) -> String {
    let text = Timestamp.text(milliseconds).dropLast().replacing("T", by: " ")
    return text.hasSuffix(".000") ? String(text.dropLast(4)) : text
  }

  /// `2026-11-28 14:05 to 14:20 UTC`, the day once if it is one.
  static func range(_ first: Int64, _ last: Int64) -> String {
    let (from, to) = (clock(first), clock(last))
    let isOneDay = from.prefix(while: { $0 != " " }) == to.prefix(while: { $0 != " " })
    if from == to { return "\(from) UTC" }
    return "\(from) to \(isOneDay ? String(to.drop(while: { $0 != " " }).dropFirst()) : to) UTC"
  }

  /// Of one of a span's equal parts.
  static func range(_ span: TimeSpan, _ place: Int, of count: Int) -> String {
    range(span.start(ofPlace: place, among: count), span.start(ofPlace: place + 1, among: count))
  }

  /// `850 ms`, `12.5 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`
  package static func duration(_ milliseconds: Int64) -> String {
    let size = Int64(clamping: milliseconds.magnitude)
    let sign = milliseconds < 0 ? "-" : ""
    func two(_ large: Int64, _ a: String, _ small: Int64, _ b: String) -> String {
      small == 0 ? "\(sign)\(grouped(large)) \(a)" : "\(sign)\(grouped(large)) \(a) \(small) \(b)"
    }
    switch size {
    case ..<1_000: return "\(sign)\(size) ms"
    case ..<60_000:
      let tenths = size / 100
      return tenths % 10 == 0 ? "\(sign)\(tenths / 10) s" : "\(sign)\(tenths / 10).\(tenths % 10) s"
    case ..<3_600_000: return two(size / 60_000, "min", size / 1_000 % 60, "s")
    case ..<86_400_000: return two(size / 3_600_000, "h", size / 60_000 % 60, "min")
    default: return two(size / 86_400_000, "d", size / 3_600_000 % 24, "h")
    }
  }
}

extension Substring {
  fileprivate func replacing(_ letter: Character, by other: Character) -> String {
    String(map { $0 == letter ? other : $0 })
  }
}

extension HistoryItem {
  /// `tea`, or `tea at berlin`
  var name: String { location == "main" ? sku : "\(sku) at \(location)" }
}
