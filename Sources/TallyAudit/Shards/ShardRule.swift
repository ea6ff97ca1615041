/// The rules that the logs of a sharded shop keep together. The raw values are stable names.
public enum ShardRule: String, CaseIterable, Sendable {
  /// A part of a cart was sold, and another was given back or was never held.
  case cartSplit = "cart-split"
  /// The parts of a confirmed cart are not what was asked for: one is missing, or has other amounts than its name binds.
  case cartAmounts = "cart-amounts"
  /// A part was sold of a cart that its home has not decided to sell.
  case cartUndecided = "cart-undecided"
  /// A part was changed by itself: amended, reopened, or settled for some of its lines.
  case cartAltered = "cart-altered"
  /// An id or key is used in two shards.
  case nameElsewhere = "name-elsewhere"
  /// An item is registered in a shard that has not got its SKU.
  case itemElsewhere = "item-elsewhere"
}

/// A rule that the logs of a shop break together.
public struct ShardViolation: Sendable, Equatable {
  /// Which rule is broken.
  public var rule: ShardRule
  /// The shard with the event.
  public var shard: Int
  /// The event.
  public var sequence: UInt64
  /// The cart's id; `nil`: it is about no cart.
  public var cart: String?
  /// What is wrong, in words for people; not stable.
  public var detail: String
}
