/// Where a reservation stands.
public struct ReservationStatus: Equatable, Sendable {
  /// An item of it.
  public struct Line: Equatable, Sendable {
    /// Of which item.
    public var item: ItemName
    /// What was reserved.
    public var reserved: Int64
    /// What is still held.
    public var open: Int64

    /// The log makes these; public for what stands in for a log in tests.
    public init(item: ItemName, reserved: Int64, open: Int64) {
      self.item = item
      self.reserved = reserved
      self.open = open
    }
  }

  /// The reservation's id.
  public var id: Name
  /// Of the event that made it.
  public var sequence: UInt64
  /// Where it stands.
  public var state: ReservationState
  /// For whom, if a customer was named.
  public var customer: Name?
  /// When it was made, in Unix milliseconds; `nil` for one that was closed long ago.
  public var time: Int64?
  /// When it expires, or would have, in Unix milliseconds; `nil`: never, it still waits, or it was closed long ago.
  public var expires: Int64?
  /// Of one that waits: when it gives up, in Unix milliseconds; `nil`: never.
  public var givesUp: Int64?
  /// Something of it is held, or waited for, although its time is over: the next command that is judged expires it.
  public var isDue: Bool
  /// By item number.
  public var lines: [Line]
  /// Where it stands in line, for each of its items, if it waits.
  public var places: [WaitingPlace] = []
}

extension Judge {
  /// - Parameter now: Unix milliseconds.
  func status(of id: Name, now: Int64) -> ReservationStatus? {
    switch known(id) {
    case .nothing, .key: nil
    case .reservation(let reservation): state.status(of: reservation, now: now)
    case .sealed(let record, let closing): status(of: record, closing)
    }
  }

  private func status(of record: NameRecord, _ closing: SealedClosing?) -> ReservationStatus? {
    guard case .reservation(let lines, let customer, _) = record.meaning, let closing else { return nil }
    return ReservationStatus(
      id: record.name, sequence: record.sequence, state: closing.state, customer: customer.isEmpty ? nil : customer,
      time: nil, expires: nil, isDue: false,
      lines: lines.map {
        .init(item: state.itemNames[Int($0.item.rawValue)], reserved: $0.quantity, open: 0)
      })
  }
}

extension State {
  /// - Parameter now: Unix milliseconds.
  func status(of reservation: Reservation, now: Int64) -> ReservationStatus {
    let end = reservation.expires == 0 ? nil : reservation.expires
    // Of one that was closed while it waited it was no hold's end.
    let isHold = !reservation.record.isUnfilled
    return ReservationStatus(
      id: reservation.id.name, sequence: reservation.sequence, state: reservation.state,
      customer: reservation.customer.isEmpty ? nil : reservation.customer.name, time: reservation.time,
      expires: isHold ? end : nil, givesUp: reservation.waits ? end : nil,
      isDue: reservation.isOpen && end.map { $0 <= max(now, lastTime) } ?? false,
      lines: (0..<reservation.lineCount).map {
        let line = reservation[$0]
        return .init(item: itemNames[Int(line.item.rawValue)], reserved: line.reserved, open: line.open)
      }, places: places(of: reservation))
  }
}
