/// What few reservations have beside their record: a cart's further lines, a customer, a long id. One allocation, which
/// is never changed.
struct ReservationExtra: Equatable, @unchecked Sendable {
  private struct Header {
    let longID: [UInt8]?
    let customer: CompactName
    let count: Int
  }
  private final class Storage: ManagedBuffer<Header, Reservation.Line> {}
  private let storage: ManagedBuffer<Header, Reservation.Line>

  /// - Parameters:
  ///   - count: of lines beside the first.
  ///   - line: the line `0 ..< count`.
  @inline(__always)
  init(longID: [UInt8]?, customer: CompactName, count: Int, line: (Int) -> Reservation.Line) {
    storage = Storage.create(minimumCapacity: count) { _ in Header(longID: longID, customer: customer, count: count) }
    storage.withUnsafeMutablePointerToElements {
      for index in 0..<count { ($0 + index).initialize(to: line(index)) }
    }
  }

  var longID: [UInt8]? { storage.header.longID }
  var customer: CompactName { storage.header.customer }
  /// Lines beside the first.
  @inline(__always) var count: Int { storage.header.count }
  @inline(__always) subscript(index: Int) -> Reservation.Line {
    precondition(index >= 0 && index < count)
    return storage.withUnsafeMutablePointerToElements { $0[index] }
  }

  /// The same with another line.
  func replacing(_ index: Int, by line: Reservation.Line) -> ReservationExtra {
    ReservationExtra(longID: longID, customer: customer, count: count) { $0 == index ? line : self[$0] }
  }

  static func == (a: ReservationExtra, b: ReservationExtra) -> Bool {
    a.longID == b.longID && a.customer == b.customer && a.count == b.count
      && (0..<a.count).allSatisfy { a[$0] == b[$0] }
  }
}
