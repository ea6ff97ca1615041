@_exported import TallyFormat

/// A SKU at a location.
public struct ItemName: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// What it is: 1 to 64 bytes.
  public var sku: Name
  /// Where it is: 1 to 64 bytes.
  public var location: Name

  /// An item at the default location, `main`, unless told otherwise. Not checked: a command with a bad name is
  /// ``Outcome/invalid(_:)``.
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
  /// Of which item.
  public var item: ItemName
  /// 1 … 2^53 − 1.
  public var quantity: Int64

  /// So many of an item.
  public init(_ item: ItemName, _ quantity: Int64) {
    self.item = item
    self.quantity = quantity
  }
  /// So many of a SKU, at the default location unless told otherwise.
  public init(sku: Name, location: Name = .main, _ quantity: Int64) {
    self.init(ItemName(sku: sku, location: location), quantity)
  }
}

/// Which holds an adjustment releases first when it takes what is held, and how much of them.
public enum ReleasePolicy: UInt8, Sendable {
  /// The reservation made last first.
  case newest = 1
  /// The reservation made first first.
  case oldest = 2
  /// As ``newest``, but of each hold only the units of the item that are missing: the rest of its order stays.
  case newestTrimmed = 3
  /// As ``oldest``, but of each hold only the units of the item that are missing.
  case oldestTrimmed = 4

  /// The reservation made last comes first.
  public var isNewest: Bool { self == .newest || self == .newestTrimmed }
  /// Only what is missing is released, not whole reservations.
  public var trims: Bool { self == .newestTrimmed || self == .oldestTrimmed }

  /// - Parameters:
  ///   - isNewest: the reservation made last comes first.
  ///   - trims: only what is missing is released.
  public init(isNewest: Bool, trims: Bool) {
    self = isNewest ? (trims ? .newestTrimmed : .newest) : (trims ? .oldestTrimmed : .oldest)
  }
}

/// Whose holds go with goods that are moved.
public enum HoldSelection: Hashable, Sendable {
  /// Whoever holds the item there, by sequence number, as far as the quantity goes: of the last one perhaps a part.
  case all
  /// These reservations, with all that each holds of the item there.
  case of([Name])
}

/// What is asked. Lines may repeat items; they are added up.
public enum Operation: Hashable, Sendable {
  /// Stock comes in: on hand grows. An item exists from its first receipt on. The reference is up to 256 bytes.
  case receive([Line], reference: Name? = nil)
  /// - Parameters:
  ///   - timeToLive: milliseconds until the hold expires, as the event stores them; `nil`: never.
  ///   - wait: what cannot be held whole now waits in line, so long; `nil`: it is refused. No part of what a retry must
  ///     bring again. What has a line at any location never waits.
  case reserve(id: Name, [Line], customer: Name? = nil, timeToLive: Int64? = nil, wait: Wait? = nil)
  /// - Parameter lines: `nil`: all that is open.
  case commit(id: Name, [Line]? = nil)
  /// Commits exactly these lines of a reservation, and takes what it does not hold of them from what is available:
  /// for what is weighed or counted when it is handed over. A limit of the customer counts what is taken beyond.
  case commitMore(id: Name, [Line])
  /// Moves the expiry of an open hold: it is the time to live after the command, whatever it was before. What waits in line
  /// has no hold yet, and is refused.
  ///
  /// - Parameter timeToLive: milliseconds from now on; `nil`: it never expires.
  case extend(id: Name, timeToLive: Int64?)
  /// Holds again whole what a reservation had that expired or was released, and of which nothing was sold, if it is there:
  /// by the same id, for the same customer, whose limits count it.
  ///
  /// - Parameter timeToLive: milliseconds from now on; `nil`: it never expires.
  case reopen(id: Name, timeToLive: Int64? = nil)
  /// Has an open reservation hold these quantities of the named items, more, less, none (0) or anew; its other lines,
  /// its id and its place stay. All of it or nothing. What leaves nothing open is a release. One that waits in line can
  /// be made to wait for less, and keeps its place; for more is refused.
  case amend(id: Name, [Line])
  /// Gives back what is held, in part or whole.
  case release(id: Name, [Line]? = nil)
  /// Goods come back: on hand grows. The reference is up to 256 bytes.
  case returned([Line], reference: Name? = nil)
  /// Goods come back of an order: no more of each item than was committed and has not come back yet. The customer's count
  /// under a limit gets them back. The reference is up to 256 bytes.
  case returnedOf(order: Name, [Line], reference: Name? = nil)
  /// A stock-take: sets or changes what is on hand, for a reason of up to 256 bytes. Below what is held it is refused,
  /// unless a policy says which holds to release in the same step.
  case adjust(ItemName, Adjustment, reason: Name, release: ReleasePolicy? = nil)
  /// Moves available stock between two locations.
  case transfer(sku: Name, quantity: Int64, from: Name, to: Name)
  /// Moves stock between two locations with the holds on it: reservations keep their ids and their places, and hold at
  /// the new location what they held at the old one. What moves beyond that must be available.
  case transferWith(sku: Name, quantity: Int64, from: Name, to: Name, HoldSelection)
  /// - Parameter limit: units a customer; `nil`: no limit.
  case limit(ItemName, Int64?)
  /// All or none, in order, each seeing those before it.
  case batch([Operation])
  /// Expires what is due at the command's time, as every command does first; and nothing else. Accepted with the number
  /// of the last event then, whether or not anything was due. It has no event of its own to carry a key, and names no
  /// item that could have changed: with ``Command/key`` or ``Command/expectedSequence``, and in a batch, it is invalid.
  case expire

  /// Units of an item that cannot be reserved or transferred, as a safety stock or another channel's share: 0 … 2^53 − 1; 0
  /// drops it. What is held already stays held, and a stock-take may go below.
  case floor(ItemName, Int64)
  /// What one unit of an item takes when it is reserved, from now on; no parts drop the recipe. The item exists from then
  /// on. It has stock of its own, of which a unit is taken, too, if some of it is on hand, or ever is from then on.
  /// A part has no recipe; 256 at most.
  case recipe(ItemName, [Line])
  /// The locations that a SKU is taken from first, in this order, where a reservation's line may be taken from any
  /// location; the others come after them, in the order of their registration. None drops the order. 1 … 4,096 of them, each
  /// once, where there is such an item; it moves nothing, and no item counts as changed.
  case prefer(Name, [Name])
  /// Items that exist from now on, with nothing on hand; those that exist already stay as they are. Accepted with the
  /// number of the last event then, whether or not any was new: it takes no key, and is no part of a batch.
  case register([ItemName])
  /// A named consumer of the log, of 1 to 64 bytes, has handled every event up to this one; 0: none yet. Who is not known
  /// is from then on. Positions only go forward: an older one is a repeat and changes nothing. One beyond the last
  /// event is invalid, and so is a key, a sequence number to expect, and to stand in a batch.
  case acknowledge(consumer: Name, through: UInt64)
  /// A consumer's position is kept no longer; a repeat if there is none of that name. As `acknowledge`, it stands alone.
  case forgetConsumer(Name)
  /// A receipt, return, adjustment or transfer that took place at another time than it is recorded: Unix milliseconds,
  /// kept for reports and never used for order.
  indirect case dated(Operation, effective: Int64)

  /// How long a reservation waits in line for what cannot be held now, before it gives up.
  public enum Wait: Hashable, Sendable {
    /// Until it is filled, or released.
    case forever
    /// 1 … 2^53 − 1.
    case milliseconds(Int64)
  }

  /// The reservation that it settles or changes.
  public var changedReservation: Name? {
    switch self {
    case .commit(let id, _), .release(let id, _), .commitMore(let id, _), .extend(let id, _), .amend(let id, _),
      .reopen(let id, _):
      id
    case .receive, .reserve, .returned, .returnedOf, .adjust, .transfer, .transferWith, .limit, .batch, .expire, .floor,
      .recipe, .prefer, .register, .dated, .acknowledge, .forgetConsumer:
      nil
    }
  }

  /// How a stock-take changes what is on hand.
  public enum Adjustment: Hashable, Sendable {
    /// On hand becomes this: 0 … 2^53 − 1.
    case to(Int64)
    /// On hand changes by this: not 0.
    case by(Int64)
  }

  /// A `reserve` that would wait in line.
  public var waits: Bool {
    if case .reserve(_, _, _, _, .some) = self { return true }
    return false
  }

  /// The reservation id that a `reserve` brings: its idempotency key.
  public var reservationID: Name? {
    if case .reserve(let id, _, _, _, _) = self { return id }
    return nil
  }
}

/// An operation and what goes with it.
public struct Command: Hashable, Sendable {
  /// What is asked.
  public var operation: Operation
  /// Idempotency key; not for `reserve`, whose id is its key.
  public var key: Name?
  /// Unix milliseconds, as the event stores them, for replaying history; `nil`: the clock's time.
  public var time: Int64?
  /// Judge only if the items it names have not changed since this sequence number.
  public var expectedSequence: UInt64?

  /// A command at the clock's time, without a key, whatever has changed before, unless told otherwise.
  public init(_ operation: Operation, key: Name? = nil, time: Int64? = nil, expectedSequence: UInt64? = nil) {
    self.operation = operation
    self.key = key
    self.time = time
    self.expectedSequence = expectedSequence
  }
}
