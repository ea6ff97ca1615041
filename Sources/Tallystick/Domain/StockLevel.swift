/// What there is of an item.
public struct StockLevel: Equatable, Sendable {
  public var item: ItemName
  public var onHand: Int64
  public var held: Int64
  /// Units a customer may hold or have bought; `nil`: no limit.
  public var limit: Int64?
  /// The last event that changed the item.
  public var sequence: UInt64
  public var available: Int64 { onHand - held }
}
