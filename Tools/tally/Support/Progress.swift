import Tallystick

/// A line on the terminal that tells how far bulk work has come; nothing at all in a pipe.
struct Progress {
  private let total: Int?
  private let isShown = StandardError.isTerminal
  private let start = SystemClock.now()
  private var last: Int64
  private var isDrawn = false

  /// - Parameter total: bytes of input; `nil`: unknown.
  init(total: Int?) {
    self.total = total.flatMap { $0 > 0 ? $0 : nil }
    last = start
  }

  mutating func update(bytes: Int, lines: Int) {
    guard isShown else { return }
    let now = SystemClock.now()
    guard now - last >= 100 else { return }
    last = now
    isDrawn = true
    let rate = Int64(lines) * 1000 / max(1, now - start)
    guard let total else {
      StandardError.raw("\r\u{1B}[K\(lines) lines, \(rate)/s")
      return
    }
    let done = min(bytes, total)
    let filled = 30 * done / total
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    StandardError.raw("\r\u{1B}[K\(bar) \(done * 100 / total) %  \(lines) lines, \(rate)/s")
  }

  /// Takes the line away.
  mutating func finish() {
    if isDrawn { StandardError.raw("\r\u{1B}[K") }
    isDrawn = false
  }
}
