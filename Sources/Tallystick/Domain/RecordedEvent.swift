/// An event with everything that it means spelled out, for people and other programs.
public struct RecordedEvent: Equatable, Sendable {
  /// One item that the event names, and what it did to it.
  public struct Line: Equatable, Sendable {
    /// Of which item.
    public var item: ItemName
    /// What the command asked for this item; for an adjustment the absolute change; of `amended`: what is held from then
    /// on.
    public var quantity: Int64
    /// What was added to what is on hand.
    public var onHandChange: Int64
    /// What was added to what is held.
    public var heldChange: Int64
    /// What was added to what is waited for.
    public var waitingChange: Int64 = 0
  }

  /// What went with goods of one reservation.
  public struct Hold: Equatable, Sendable {
    /// The sequence number of the reservation.
    public var reservation: UInt64
    /// Its id.
    public var id: Name
    /// Units.
    public var quantity: Int64
  }

  /// How often an item was asked for in vain.
  public struct Refusal: Equatable, Sendable {
    /// Why.
    public var cause: RefusalCause
    /// How often since that was last told, 1 or more.
    public var asks: UInt64
    /// For how many units in all.
    public var units: UInt64
    /// When the last of them was refused, in Unix milliseconds.
    public var last: Int64
  }

  /// Its number: events are counted from 1, without gaps.
  public var sequence: UInt64
  /// Unix milliseconds.
  public var time: Int64
  /// What happened.
  public var kind: EventKind
  /// The next event belongs to the same atomic step.
  public var more: Bool
  /// The items whose stock it moved, by number.
  public var lines: [Line]
  /// Of the reservation that was made or settled.
  public var id: Name?
  /// The sequence number of the reservation that was settled.
  public var reservation: UInt64?
  /// Of the reservation that was made or settled, if it has one.
  public var customer: Name?
  /// When the hold that was made, or extended, expires, or the one that was filled; `nil`: never.
  public var expires: Int64?
  /// Of `waiting`: how long the hold lasts from its filling on, in milliseconds; `nil`: it never expires.
  public var timeToLive: Int64?
  /// Of `waiting`: when it gives up, in Unix milliseconds; `nil`: never.
  public var givesUp: Int64?
  /// The command's idempotency key, if it had one.
  public var key: Name?
  /// Of `received` and `returned`.
  public var reference: Name?
  /// Of a movement: when it took place, in Unix milliseconds, if that was told.
  public var effective: Int64?
  /// Of `item-registered`, `limit-set`, `floor-set`, `recipe-set` and `refused` (`nil`: further items); of
  /// `preference-set` one of the SKU.
  public var item: ItemName?
  /// Of `item-registered`.
  public var itemNumber: ItemNumber?
  /// Of `limit-set`; `nil`: none.
  public var limit: Int64?
  /// Of `floor-set`.
  public var floor: Int64?
  /// Of `recipe-set`: what one unit of the item takes when it is reserved; none: the unit itself and nothing else.
  public var parts: [Tallystick.Line] = []
  /// Of `preference-set`: the locations that the SKU is taken from first, in order; none: none any more.
  public var locations: [Name] = []
  /// Of `reserved`: what was asked for, if something of it has a recipe, so that ``lines`` has its parts.
  public var asked: [Tallystick.Line] = []
  /// Of `acknowledged` and `consumer-forgotten`.
  public var consumer: Name?
  /// Of `acknowledged`: the last event that the consumer has handled.
  public var position: UInt64?
  /// Of `refused`.
  public var refusal: Refusal?
  /// Of `adjusted`.
  public var reason: Name?
  /// Of `adjusted`: what is on hand since, if the command said that.
  public var adjustedTo: Int64?
  /// Of `adjusted`: the change, if the command said that.
  public var adjustedBy: Int64?
  /// Of `adjusted`: which holds the command let go first, if it named a policy.
  public var releasePolicy: ReleasePolicy?
  /// Of `transferred`: the holds that went with the goods, by sequence number.
  public var holds: [Hold] = []
  /// Of `transferred`: whoever held the goods went with them.
  public var isWithAll = false
  /// Of `amended`: nothing is open any more, and what was counts as released.
  public var letsGo = false
  /// Of `released`: an adjustment made it.
  public var byAdjust = false
  /// Of `committed` and `released`: the command named lines. So does an adjustment that releases only what is missing.
  public var isPartial = false
  /// Of `batch`.
  public var results: [EventColumns.BatchResult] = []
}
