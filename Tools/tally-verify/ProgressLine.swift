import Glibc
import TallyAudit

/// How far the audit is, on a terminal; nothing in a pipe.
final class ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var shownEvents = 0
  private var isShown = false
  private static let step = 250_000

  func show(_ progress: AuditProgress) {
    guard isTerminal, progress.events - shownEvents >= ProgressLine.step else { return }
    shownEvents = progress.events
    isShown = true
    put("\r\u{1B}[K\(progress.events) events, segment \(progress.segment) of \(progress.segments)")
  }

  func clear() { if isShown { put("\r\u{1B}[K") } }

  private func put(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
