/// What a `reserve` asked for, of a reservation that was altered since.
struct OriginalReservation: Equatable, Sendable {
  /// Milliseconds; 0: none.
  let timeToLive: Int64
  // The first apart: most have no other, and take no memory of their own.
  private let first: LineEntry
  private let further: [LineEntry]

  /// - Parameter reservation: not altered yet.
  init(_ reservation: borrowing Reservation) {
    timeToLive = reservation.timeToLive
    first = OriginalReservation.entry(reservation[0])
    further =
      reservation.lineCount == 1
      ? [] : (1..<reservation.lineCount).map { OriginalReservation.entry(reservation[$0]) }
  }

  /// - Parameter record: not altered yet, and all that there is of the reservation.
  init(plain record: ReservationRecord) {
    timeToLive = Reservation.timeToLive(time: record.time, expires: record.expires)
    first = LineEntry(item: record.item, quantity: record.reserved)
    further = []
  }

  /// As the `reserved` event has it.
  init(lines: [LineEntry], timeToLive: Int64) {
    self.timeToLive = timeToLive
    first = lines.first ?? LineEntry(item: ItemNumber(0), quantity: 0)
    further = Array(lines.dropFirst())
  }

  private static func entry(_ line: Reservation.Line) -> LineEntry {
    LineEntry(item: line.item, quantity: line.reserved)
  }

  var lines: [LineEntry] { [first] + further }

  /// Whether these (merged, ascending) lines and this time to live are what was asked.
  func isOf(_ entries: UnsafeBufferPointer<LineEntry>, timeToLive: Int64) -> Bool {
    self.timeToLive == timeToLive && entries.count == 1 + further.count && entries[0] == first
      && entries.dropFirst().elementsEqual(further)
  }
}
