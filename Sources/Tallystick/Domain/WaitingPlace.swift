/// Where a waiting reservation stands in the line for one item.
public struct WaitingPlace: Equatable, Sendable {
  /// The item that it waits for.
  public var item: ItemName
  /// The reservation's id.
  public var id: Name
  /// Of the event that made it wait: the order of the line.
  public var sequence: UInt64
  /// From 1: the first to be served.
  public var place: Int
  /// Units that it wants.
  public var quantity: Int64
  /// Units that all before it want.
  public var unitsBefore: Int64
  /// When it began to wait, in Unix milliseconds.
  public var time: Int64
  /// When it gives up, in Unix milliseconds; `nil`: never.
  public var givesUp: Int64?
  /// For whom, if a customer was named.
  public var customer: Name?
}
