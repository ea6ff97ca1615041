import Glibc
import Tallystick

/// Bars that fall to zero on a terminal; a few lines in a pipe.
final class Display: @unchecked Sendable {
  // Used by one task at a time.
  private let stock: [(sku: Name, quantity: Int64)]
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private var isDrawn = false
  private var lastTenth: Int64 = 11
  private static let width: Int64 = 40

  init(_ stock: [(sku: Name, quantity: Int64)]) { self.stock = stock }

  func show(_ levels: [StockLevel], _ counts: Tally.Counts) {
    if isTerminal { return draw(levels, counts) }
    let total = stock.reduce(0) { $0 + $1.quantity }
    let left = levels.reduce(0) { $0 + $1.onHand }
    let tenth = left * 10 / total
    guard tenth < lastTenth else { return }
    lastTenth = tenth
    print("\(left) of \(total) on hand, \(levels.reduce(0) { $0 + $1.held }) in carts")
  }

  func end(_ levels: [StockLevel], _ counts: Tally.Counts) {
    if isTerminal { return draw(levels, counts) }
    for level in levels { print("\(level.item): \(level.onHand) on hand, \(level.held) in carts") }
  }

  private func draw(_ levels: [StockLevel], _ counts: Tally.Counts) {
    var text = isDrawn ? "\u{1B}[\(levels.count + 1)A" : ""
    isDrawn = true
    for (item, level) in zip(stock, levels) {
      let free = level.available * Display.width / item.quantity
      let held = level.onHand * Display.width / item.quantity - free
      text += "\u{1B}[K" + padded("\(item.sku)", 16)
      text += "\u{1B}[32m" + String(repeating: "█", count: Int(free)) + "\u{1B}[33m"
      text += String(repeating: "▒", count: Int(held)) + "\u{1B}[0m"
      text += String(repeating: "·", count: Int(Display.width - free - held))
      text += "  \(level.onHand) left, \(level.held) in carts\n"
    }
    text +=
      "\u{1B}[K\(counts.asked) requests, \(counts.sold) sold, \(counts.refused) refused, \(counts.repeated) retries\n"
    print(text, terminator: "")
    fflush(nil)
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
