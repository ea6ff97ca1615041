/// How much there was of one item over time.
package struct StockHistory: Sendable {
  package let item: HistoryItem
  package private(set) var onHand: ThinnedLine
  package private(set) var held: ThinnedLine
  package private(set) var available: ThinnedLine
  /// What happened just around the moment when least was available; `nil`: nothing took any, or not in what is told of.
  package private(set) var closeUp: [Moment]?
  /// Units asked for: held, waited for, or refused.
  package let asked: UInt64
  /// The event that left least available, and how much that was.
  package let tightest: (sequence: UInt64, available: Int64)?
  private var before: [Moment] = []
  private static let mostAround = 40

  /// What an event left of the item.
  package struct Moment: Sendable, Equatable {
    package var sequence: UInt64
    /// Unix milliseconds.
    package var time: Int64
    package var onHand: Int64
    package var held: Int64
    package var available: Int64
  }

  init(_ item: HistoryItem, _ span: TimeSpan, asked: UInt64, tightest: (UInt64, Int64)?) {
    self.item = item
    self.asked = asked
    self.tightest = tightest
    onHand = ThinnedLine(span)
    held = ThinnedLine(span)
    available = ThinnedLine(span)
  }

  mutating func add(_ stock: Stock, at sequence: UInt64, _ time: Int64) {
    onHand.add(stock.onHand, at: time)
    held.add(stock.held, at: time)
    available.add(stock.available, at: time)
    let moment = Moment(
      sequence: sequence, time: time, onHand: stock.onHand, held: stock.held, available: stock.available)
    if let found = closeUp {
      if found.count <= before.count + StockHistory.mostAround { closeUp?.append(moment) }
    } else if sequence == tightest?.sequence {
      closeUp = before + [moment]
    } else {
      if before.count == StockHistory.mostAround { before.removeFirst() }
      before.append(moment)
    }
  }
}
