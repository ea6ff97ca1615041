import Glibc
import TallyAudit
import TallyReport

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
