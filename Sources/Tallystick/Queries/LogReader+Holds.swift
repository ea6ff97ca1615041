/// Which reservations to show.
public struct HoldFilter: Sendable {
  /// Only those that hold this SKU.
  public var sku: Name?
  /// Only those that hold something at this location; with ``sku``, that SKU there.
  public var location: Name?
  /// Only this customer's.
  public var customer: Name?
  /// Only those that are due: held although their time is over.
  public var isDue = false
  /// Only those that will be due at this time, in Unix milliseconds.
  public var dueBy: Int64?
  /// Those that wait in line, and hold nothing yet, instead of those that hold something: ``sku`` and ``location`` are then
  /// what they wait for, and what is due has waited long enough.
  public var isWaiting = false
  /// All holds.
  public init() {}
}

extension LogReader {
  /// Shows what is held, or waited for, reservation by reservation in the order in which they were made, until `body` returns
  /// false.
  ///
  /// Cost: a fold from the newest snapshot, then some 0.5 µs a hold; for one that waits also a look at a 64th of those before it.
  /// - Returns: the last event that the answer includes.
  @discardableResult
  public func holds(
    _ filter: HoldFilter = HoldFilter(), at moment: Moment = .now, _ body: (ReservationStatus) throws -> Bool
  ) throws -> UInt64 {
    let state = try state(at: moment).state
    let now = moment.dueTime(lastTime: state.lastTime)
    var failure: (any Error)?
    var isWanted = true
    state.reservations.visitInOrder { record, extra in
      guard isWanted, record.isOpen, record.waits == filter.isWaiting else { return }
      let reservation = Reservation(record: record, extra: extra)
      guard filter.admits(reservation, state, now: now) else { return }
      do { isWanted = try body(state.status(of: reservation, now: now)) } catch {
        failure = error
        isWanted = false
      }
    }
    if let failure { throw failure }
    return state.lastSequence
  }
}

extension HoldFilter {
  fileprivate func admits(_ reservation: Reservation, _ state: State, now: Int64) -> Bool {
    let expires = reservation.expires == 0 ? Int64.max : reservation.expires
    if isDue, expires > now { return false }
    if let dueBy, expires > dueBy { return false }
    if let customer, reservation.customer.isEmpty || reservation.customer.name != customer { return false }
    guard sku != nil || location != nil else { return true }
    return (0..<reservation.lineCount).contains { index in
      guard reservation[index].open > 0 || reservation.waits else { return false }
      let item = state.itemNames[Int(reservation[index].item.rawValue)]
      return (sku == nil || item.sku == sku) && (location == nil || item.location == location)
    }
  }
}
