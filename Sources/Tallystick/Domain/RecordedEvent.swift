/// An event with everything that it means spelled out, for people and other programs.
public struct RecordedEvent: Equatable, Sendable {
  /// One item that the event names, and what it did to it.
  public struct Line: Equatable, Sendable {
    public var item: ItemName
    /// What the command asked for this item; for an adjustment the absolute change.
    public var quantity: Int64
    public var onHandChange: Int64
    public var heldChange: Int64
  }

  public var sequence: UInt64
  /// Unix milliseconds.
  public var time: Int64
  public var kind: EventKind
  /// The next event belongs to the same atomic step.
  public var more: Bool
  public var lines: [Line]
  /// Of the reservation that was made or settled.
  public var id: Name?
  /// The sequence number of the reservation that was settled.
  public var reservation: UInt64?
  public var customer: Name?
  /// When the hold that was made expires.
  public var expires: Int64?
  public var key: Name?
  /// Of `received` and `returned`.
  public var reference: Name?
  /// Of `item-registered` and `limit-set`.
  public var item: ItemName?
  /// Of `item-registered`.
  public var itemNumber: ItemNumber?
  /// Of `limit-set`; `nil`: none.
  public var limit: Int64?
  /// Of `adjusted`.
  public var reason: Name?
  public var adjustedTo: Int64?
  public var adjustedBy: Int64?
  public var releasePolicy: ReleasePolicy?
  /// Of `released`: an adjustment made it.
  public var byAdjust = false
  /// Of `committed` and `released`: the command named lines.
  public var isPartial = false
  /// Of `batch`.
  public var results: [EventColumns.BatchResult] = []
}
