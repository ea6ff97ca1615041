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
  /// What one unit takes when it is reserved, by item number; none: just the unit itself.
  public var parts: [Line] = []
  /// A unit of its own stock is taken when one is reserved: always, but of an item that is made of parts only.
  public var hasOwnStock = true
  /// Its place, from 1 on, among the locations that lines at any location take the SKU from first; `nil`: after those, as it
  /// was registered.
  public var preference: Int?
  /// How many its parts, and its own stock if it has any, make; `nil`: it has no recipe.
  var made: Int64?
  /// Units that are on hand, not held, and above the floor; never below 0. Of what has a recipe, as many as can be made
  /// of its parts, and of its own stock if it has any. They can be reserved, but for what others wait for.
  public var available: Int64 { made ?? max(0, onHand - held - floor) }
}
