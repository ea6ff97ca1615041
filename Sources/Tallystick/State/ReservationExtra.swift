/// What few reservations have beside their record: a cart's further lines, a customer, a long id, the time to live of one that
/// waited. One allocation, which is never changed.
struct ReservationExtra: Equatable, @unchecked Sendable {
  private struct Header {
    let longID: [UInt8]?
    let customer: CompactName
    let count: Int
    let timeToLive: Int64
  }
  private final class Storage: ManagedBuffer<Header, Reservation.Line> {}
  private let storage: ManagedBuffer<Header, Reservation.Line>

  /// - Parameters:
  ///   - count: of lines beside the first.
  ///   - timeToLive: milliseconds as asked for, where it does not follow from when the hold expires; −1: it does.
  ///   - line: the line `0 ..< count`.
  @inline(__always)
  init(
    longID: [UInt8]?, customer: CompactName, count: Int, timeToLive: Int64 = -1, line: (Int) -> Reservation.Line
  ) {
    storage = Storage.create(minimumCapacity: count) { _ in
      Header(longID: longID, customer: customer, count: count, timeToLive: timeToLive)
    }
    storage.withUnsafeMutablePointerToElements {
      for index in 0..<count { ($0 + index).initialize(to: line(index)) }
    }
  }

  var longID: [UInt8]? { storage.header.longID }
  var customer: CompactName { storage.header.customer }
  /// Milliseconds as asked for; −1: as the record says.
  var timeToLive: Int64 { storage.header.timeToLive }
  /// Lines beside the first.
  @inline(__always) var count: Int { storage.header.count }
  @inline(__always) subscript(index: Int) -> Reservation.Line {
    precondition(index >= 0 && index < count)
    return storage.withUnsafeMutablePointerToElements { $0[index] }
  }

  /// The same with another line.
  func replacing(_ index: Int, by line: Reservation.Line) -> ReservationExtra {
    ReservationExtra(longID: longID, customer: customer, count: count, timeToLive: timeToLive) {
      $0 == index ? line : self[$0]
    }
  }

  /// The same with everything open, or nothing.
  func settingOpen(_ isOpen: Bool) -> ReservationExtra {
    if count == 0 { return self }
    return ReservationExtra(longID: longID, customer: customer, count: count, timeToLive: timeToLive) {
      Reservation.Line(item: self[$0].item, reserved: self[$0].reserved, open: isOpen ? self[$0].reserved : 0)
    }
  }

  static func == (a: ReservationExtra, b: ReservationExtra) -> Bool {
    a.longID == b.longID && a.customer == b.customer && a.count == b.count && a.timeToLive == b.timeToLive
      && (0..<a.count).allSatisfy { a[$0] == b[$0] }
  }
}
