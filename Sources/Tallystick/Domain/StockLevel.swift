/// What there is of an item.
public struct StockLevel: Equatable, Sendable {
  /// Of which item.
  public var item: ItemName
  /// Units there are.
  public var onHand: Int64
  /// Units of them that open reservations hold.
  public var held: Int64
  /// Units a customer may hold or have bought; `nil`: no limit.
  public var limit: Int64?
  /// Units that cannot be reserved or transferred; 0: all can.
  public var floor: Int64 = 0
  /// The last event that changed the item.
  public var sequence: UInt64
  /// Units that can be reserved: on hand, not held, and above the floor; never below 0.
  public var available: Int64 { max(0, onHand - held - floor) }
}
