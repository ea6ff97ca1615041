@_exported import TallyFormat

/// A SKU at a location.
public struct ItemName: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var sku: Name
  public var location: Name

  public init(sku: Name, location: Name = .main) {
    self.sku = sku
    self.location = location
  }
  /// By SKU bytes, then location bytes.
  public static func < (a: ItemName, b: ItemName) -> Bool { a.sku == b.sku ? a.location < b.location : a.sku < b.sku }
  public var description: String { location == .main ? "\(sku)" : "\(sku)@\(location)" }
}

/// How many of an item.
public struct Line: Hashable, Sendable {
  public var item: ItemName
  /// 1 … 2^53 − 1.
  public var quantity: Int64

  public init(_ item: ItemName, _ quantity: Int64) {
    self.item = item
    self.quantity = quantity
  }
  public init(sku: Name, location: Name = .main, _ quantity: Int64) {
    self.init(ItemName(sku: sku, location: location), quantity)
  }
}

/// Which holds an adjustment releases first when it takes what is held.
public enum ReleasePolicy: UInt8, Sendable {
  case newest = 1
  case oldest = 2
}

/// What is asked. Lines may repeat items; they are added up.
public enum Operation: Hashable, Sendable {
  case receive([Line], reference: Name? = nil)
  /// - Parameter timeToLive: milliseconds until the hold expires; `nil`: never.
  case reserve(id: Name, [Line], customer: Name? = nil, timeToLive: Int64? = nil)
  /// - Parameter lines: `nil`: all that is open.
  case commit(id: Name, [Line]? = nil)
  case release(id: Name, [Line]? = nil)
  case returned([Line], reference: Name? = nil)
  case adjust(ItemName, Adjustment, reason: Name, release: ReleasePolicy? = nil)
  case transfer(sku: Name, quantity: Int64, from: Name, to: Name)
  /// - Parameter limit: units a customer; `nil`: no limit.
  case limit(ItemName, Int64?)
  /// All or none, in order, each seeing those before it.
  case batch([Operation])

  public enum Adjustment: Hashable, Sendable {
    /// On hand becomes this: 0 … 2^53 − 1.
    case to(Int64)
    /// On hand changes by this: not 0.
    case by(Int64)
  }

  /// The reservation id that a `reserve` brings: its idempotency key.
  public var reservationID: Name? {
    if case .reserve(let id, _, _, _) = self { return id }
    return nil
  }
}

/// An operation and what goes with it.
public struct Command: Hashable, Sendable {
  public var operation: Operation
  /// Idempotency key; not for `reserve`, whose id is its key.
  public var key: Name?
  /// Unix milliseconds, for replaying history; `nil`: the clock's time.
  public var time: Int64?
  /// Judge only if the items it names have not changed since this sequence number.
  public var expectedSequence: UInt64?

  public init(_ operation: Operation, key: Name? = nil, time: Int64? = nil, expectedSequence: UInt64? = nil) {
    self.operation = operation
    self.key = key
    self.time = time
    self.expectedSequence = expectedSequence
  }
}
