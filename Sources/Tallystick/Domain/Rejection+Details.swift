/// What a refusal tells beside its reason, so that whoever asked knows what would be accepted.
extension Rejection {
  /// Places that a refusal names at most: a SKU may be at thousands of locations.
  public static let mostPlaces = 64

  /// An item that could be asked for instead.
  public struct Place: Equatable, Sendable {
    /// The same SKU at another location.
    public var item: ItemName
    /// Units that can be reserved there.
    public var available: Int64

    /// The log makes these; public for what stands in for a log in tests.
    public init(item: ItemName, available: Int64) {
      self.item = item
      self.available = available
    }
  }

  /// What a reservation would take beyond the limit of an item.
  public struct PassedLimit: Equatable, Sendable {
    /// Units asked for.
    public var asked: Int64
    /// Units that the customer holds or has bought under the limit; `nil`: no customer was named.
    public var count: Int64?
    /// Units that a customer may have.
    public var limit: Int64

    /// The log makes these; public for what stands in for a log in tests.
    public init(asked: Int64, count: Int64?, limit: Int64) {
      self.asked = asked
      self.count = count
      self.limit = limit
    }
  }
}
