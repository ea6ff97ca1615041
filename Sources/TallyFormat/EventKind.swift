/// What happened. The raw values are the format's.
public enum EventKind: UInt8, CaseIterable, Sendable {
  /// A pair of SKU and location got its item number.
  case itemRegistered = 1
  /// As ``name`` calls them, and the format document describes them.
  case received, reserved, committed, released, expired, returned, adjusted, transferred, limitSet, batch
  /// As ``name`` calls them.
  case extended, amended
  /// `committed`, of more than was held.
  case committedMore
  /// `transferred`, with the holds on the goods.
  case transferredWith
  /// `returned`, of an order.
  case returnedOf
  /// A reservation stands in line; one of those got its turn.
  case waiting, filled
  /// A closed reservation holds again what it had let go.
  case reopened = 19
  /// Units of an item were set aside, or no longer.
  case floorSet = 24
  /// What an item is made of was said, or that it is made of nothing any more.
  case recipeSet
  /// Where a SKU is taken from first was said, or that it is taken in the order of registration again.
  case preferenceSet
  /// A consumer of the log has handled everything up to an event.
  case acknowledged = 27
  /// A consumer of the log was forgotten.
  case consumerForgotten
  /// What was refused since it was last told: how often, and for how many units.
  case refused

  /// All, in the order of their numbers: the order of their groups in a payload. Made once.
  static let ordered = allCases
  /// Their numbers as bits. Every number is below 32.
  static let numbers = ordered.reduce(UInt32(0)) { $0 | 1 << UInt32($1.rawValue) }

  /// It is about who reads the log, and about no stock: consumers are not told of it, or each would be told of what it
  /// acknowledged for ever.
  public var isOfConsumers: Bool { self == .acknowledged || self == .consumerForgotten }

  /// The name that JSON, tables and the verifier use.
  public var name: String {
    switch self {
    case .itemRegistered: "item-registered"
    case .received: "received"
    case .reserved: "reserved"
    case .committed: "committed"
    case .released: "released"
    case .expired: "expired"
    case .returned: "returned"
    case .adjusted: "adjusted"
    case .transferred: "transferred"
    case .limitSet: "limit-set"
    case .batch: "batch"
    case .extended: "extended"
    case .amended: "amended"
    case .committedMore: "committed"
    case .transferredWith: "transferred"
    case .returnedOf: "returned"
    case .reopened: "reopened"
    case .floorSet: "floor-set"
    case .waiting: "waiting"
    case .filled: "filled"
    case .recipeSet: "recipe-set"
    case .preferenceSet: "preference-set"
    case .acknowledged: "acknowledged"
    case .consumerForgotten: "consumer-forgotten"
    case .refused: "refused"
    }
  }
}
