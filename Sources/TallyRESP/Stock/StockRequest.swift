import Tallystick

/// What a client asks of the log.
package enum StockRequest: Sendable {
  case command(Command)
  /// What there is of an item.
  case level(ItemName, asJSON: Bool)
  /// Where a reservation stands.
  case reservation(Name, asJSON: Bool)
  /// What is held, at most so many reservations.
  case holds(HoldFilter, count: Int, asJSON: Bool)
  /// Events from a number on, at most so many.
  case events(from: UInt64, count: Int)
  /// Events that a consumer has not acknowledged, at most so many.
  case consume(Name, count: Int)
  /// Who reads, and how far.
  case consumers(asJSON: Bool)
}

/// Why words are no request. Nothing was done.
package struct StockFlaw: Error, Equatable, Sendable {
  /// The error's first word.
  package enum Kind: String, Sendable {
    case invalid = "INVALID"
    /// A command that changes something has nothing by which a repeat could be told.
    case key = "KEY"
  }
  package var kind: Kind
  package var message: String

  static func invalid(_ message: String) -> StockFlaw { StockFlaw(kind: .invalid, message: message) }
}
