import Tallystick

let tea = ItemName(sku: "tea")
let cup = ItemName(sku: "cup")
let teaInBerlin = ItemName(sku: "tea", location: "berlin")
let most = Limits.maxQuantity

func line(_ item: ItemName, _ quantity: Int64) -> Line { Line(item, quantity) }

extension Operation {
  static func receive(_ item: ItemName, _ quantity: Int64) -> Operation { .receive([line(item, quantity)]) }
  static func reserve(
    _ id: Name, _ item: ItemName, _ quantity: Int64, customer: Name? = nil, timeToLive: Int64? = nil, wait: Wait? = nil
  ) -> Operation {
    .reserve(id: id, [line(item, quantity)], customer: customer, timeToLive: timeToLive, wait: wait)
  }
  static func adjust(_ item: ItemName, _ change: Adjustment, release: ReleasePolicy? = nil) -> Operation {
    .adjust(item, change, reason: "count", release: release)
  }
  static func transferTea(_ quantity: Int64, from: Name = "main", to: Name = "berlin") -> Operation {
    .transfer(sku: "tea", quantity: quantity, from: from, to: to)
  }
}

extension Outcome {
  /// Of an accepted command.
  var sequence: UInt64? {
    if case .accepted(let acceptance) = self { return acceptance.sequence }
    return nil
  }
  var isAccepted: Bool { sequence != nil }
  var repeatedSequence: UInt64? {
    if case .repeated(let acceptance) = self { return acceptance.sequence }
    return nil
  }
  var repeatedState: ReservationState? {
    if case .repeated(let acceptance) = self { return acceptance.state }
    return nil
  }
  var results: [EventColumns.BatchResult] {
    switch self {
    case .accepted(let acceptance), .repeated(let acceptance): acceptance.results
    default: []
    }
  }
  /// Without ``detail``.
  var rejection: Rejection? {
    guard case .rejected(var rejection) = self else { return nil }
    rejection.detail = nil
    return rejection
  }
  /// The numbers and ids of a refusal.
  var detail: Rejection.Detail? {
    if case .rejected(let rejection) = self { return rejection.detail }
    return nil
  }
  /// Of a repeated reserve.
  var holds: Bool? {
    if case .repeated(let acceptance) = self { return acceptance.holds }
    return nil
  }
  /// What an adjustment has taken of whom.
  var released: [ReleasedHold] {
    if case .accepted(let acceptance) = self { return acceptance.released }
    return []
  }
  var reason: Rejection.Reason? { rejection?.reason }
  var isInvalid: Bool {
    if case .invalid = self { return true }
    return false
  }
}
