import Glibc
import TallyAudit

/// Shows on a terminal how far the audit is, a few times a second; nothing in a pipe.
struct ProgressLine {
  private let isTerminal = isatty(2) == 1
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var last: ContinuousClock.Instant
  private var isShown = false
  private var calls = 0

  init() {
    start = clock.now
    last = start
  }

  mutating func show(_ progress: AuditProgress) {
    guard isTerminal else { return }
    // Even the clock costs something in a log of single events.
    calls += 1
    guard calls % 16 == 0 else { return }
    let now = clock.now
    guard now - last > .milliseconds(100) else { return }
    last = now
    isShown = true
    let seconds = Double((now - start).components.seconds) + Double((now - start).components.attoseconds) * 1e-18
    write(
      "\r\u{1B}[K\(grouped(progress.events)) events, segment \(progress.segment) of \(progress.segments), "
        + "\(grouped(Int(Double(progress.events) / seconds))) events/s")
  }

  mutating func clear() {
    if isShown { write("\r\u{1B}[K") }
    isShown = false
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
  }
}

/// 1234567 as 1,234,567.
func grouped(_ number: some BinaryInteger) -> String {
  var text = ""
  let digits = String(number.magnitude)
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return number < 0 ? "-" + text : text
}

/// Unix milliseconds as RFC 3339 in UTC.
func utc(_ milliseconds: Int64) -> String {
  var seconds = time_t(milliseconds / 1000)
  var parts = tm()
  guard gmtime_r(&seconds, &parts) != nil else { return "\(milliseconds) ms" }
  func two(_ number: some BinaryInteger) -> String { number < 10 ? "0\(number)" : "\(number)" }
  let fraction = String(1000 + milliseconds % 1000).dropFirst()
  return "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(fraction)Z"
}
