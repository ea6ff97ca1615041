import TallyFormat

/// A question that an audit answers on its way: what there was of one item after an event.
public struct StockQuestion: Sendable, Equatable {
  /// What it is.
  public var sku: Name
  /// Where it is.
  public var location: Name
  /// The event; 0: before the first.
  public var sequence: UInt64

  /// - Parameters:
  ///   - sku: what it is.
  ///   - location: where it is.
  ///   - sequence: the event; 0: before the first.
  public init(sku: Name, location: Name, sequence: UInt64) {
    self.sku = sku
    self.location = location
    self.sequence = sequence
  }
}

/// What an audit found of an item after an event.
public struct StockFinding: Sendable, Equatable {
  /// Units on hand.
  public var onHand: Int64
  /// Units held.
  public var held: Int64
  /// Units that cannot be reserved.
  public var floor: Int64
  /// The last event that changed the item.
  public var changed: UInt64
  /// Of the event: Unix milliseconds.
  public var time: Int64
  /// Of the whole state after the event.
  public var stateDigest: Digest

  /// What somebody else found or states, to compare with. Parameters: see the properties.
  public init(onHand: Int64, held: Int64, floor: Int64, changed: UInt64, time: Int64, stateDigest: Digest) {
    self.onHand = onHand
    self.held = held
    self.floor = floor
    self.changed = changed
    self.time = time
    self.stateDigest = stateDigest
  }
}

/// Looks at the item that is asked for when the fold is at the event.
struct StockWitness {
  let question: StockQuestion?
  /// `nil`: there was no such item, or the event has not come.
  private(set) var stock: (stock: Stock, floor: Int64, time: Int64)?

  init(_ question: StockQuestion?) { self.question = question }

  /// To be called with the fold as it is after an event.
  mutating func look(_ fold: borrowing Fold, at sequence: UInt64) {
    guard let question, question.sequence == sequence else { return }
    for number in 0..<fold.items.count
    where fold.items.sku(number).elementsEqual(question.sku.bytes)
      && fold.items.location(number).elementsEqual(question.location.bytes)
    {
      stock = (fold.items.stock[number], fold.items.floors[number] ?? 0, fold.lastTime)
      return
    }
  }

  /// - Parameter digest: of the state after the event.
  func finding(_ digest: Digest?) -> StockFinding? {
    guard let stock, let digest else { return nil }
    return StockFinding(
      onHand: stock.stock.onHand, held: stock.stock.held, floor: stock.floor, changed: stock.stock.lastChange,
      time: stock.time, stateDigest: digest)
  }
}
