/// What there is of an item.
public struct StockLevel: Equatable, Sendable {
  /// Of which item.
  public var item: ItemName
  /// Units there are.
  public var onHand: Int64
  /// Units of them that open reservations hold.
  public var held: Int64
  /// Units that reservations in line wait for: of what is available, a newcomer can have only what is left of it.
  public var waiting: Int64 = 0
  /// Units a customer may hold or have bought; `nil`: no limit.
  public var limit: Int64?
  /// Units that cannot be reserved or transferred; 0: all can.
  public var floor: Int64 = 0
  /// The last event that changed the item.
  public var sequence: UInt64
  /// Units that are on hand, not held, and above the floor; never below 0. They can be reserved, but for what others wait for.
  public var available: Int64 { max(0, onHand - held - floor) }
}
