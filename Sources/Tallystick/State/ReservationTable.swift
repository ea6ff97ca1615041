/// Reservations by sequence number: a slab of records in chunks, and pages of places in it.
///
/// Sequence numbers are dense, so a page of 4,096 of them is a plain array, made when the first of them is inserted and
/// dropped when the last is removed: nothing is hashed but the number of the page, nothing is ever copied to grow, and
/// neighbours in time are neighbours in memory.
struct ReservationTable: Sendable {
  private static let chunkBits = 14
  private static let pageBits = 12

  private struct Page: Sendable {
    /// The slot + 1; 0: none.
    var places: [UInt32]
    var count: Int
  }

  private var chunks: [[Reservation?]] = []
  private var slotCount = 0
  private var free: [UInt32] = []
  private var pages: [UInt64: Int] = [:]
  private var pageSlab: [Page] = []
  private var freePages: [Int] = []
  /// The page used last: events come in order, so it is nearly always the one.
  private var lastPage: (number: UInt64, index: Int) = (.max, 0)
  private(set) var count = 0

  /// The slot of a reservation, good until it is removed.
  @inline(__always) func slot(of sequence: UInt64) -> Int? {
    let number = sequence >> UInt64(ReservationTable.pageBits)
    guard let page = number == lastPage.number ? lastPage.index : pages[number] else { return nil }
    let place = pageSlab[page].places[Int(sequence & ((1 << UInt64(ReservationTable.pageBits)) - 1))]
    return place == 0 ? nil : Int(place) - 1
  }

  subscript(sequence: UInt64) -> Reservation? { slot(of: sequence).flatMap { self[slot: $0] } }

  private subscript(slot slot: Int) -> Reservation? {
    _read { yield chunks[slot >> ReservationTable.chunkBits][slot & ((1 << ReservationTable.chunkBits) - 1)] }
    _modify { yield &chunks[slot >> ReservationTable.chunkBits][slot & ((1 << ReservationTable.chunkBits) - 1)] }
  }

  func reservation(slot: Int) -> Reservation? { self[slot: slot] }

  mutating func replace(slot: Int, with reservation: Reservation) { self[slot: slot] = reservation }

  mutating func insert(_ reservation: Reservation) {
    let slot: Int
    if let last = free.popLast() {
      slot = Int(last)
      self[slot: slot] = reservation
    } else {
      slot = slotCount
      if slot >> ReservationTable.chunkBits == chunks.count {
        chunks.append([])
        // A small table stays small; a large one never copies a chunk.
        if slot > 0 { chunks[chunks.count - 1].reserveCapacity(1 << ReservationTable.chunkBits) }
      }
      chunks[slot >> ReservationTable.chunkBits].append(reservation)
      slotCount += 1
    }
    let page = page(of: reservation.sequence)
    pageSlab[page].places[ReservationTable.offset(reservation.sequence)] = UInt32(slot + 1)
    pageSlab[page].count += 1
    count += 1
  }

  private static func offset(_ sequence: UInt64) -> Int { Int(sequence & ((1 << UInt64(pageBits)) - 1)) }

  private mutating func page(of sequence: UInt64) -> Int {
    let number = sequence >> UInt64(ReservationTable.pageBits)
    if number == lastPage.number { return lastPage.index }
    let index: Int
    if let known = pages[number] {
      index = known
    } else {
      if let last = freePages.popLast() {
        index = last
      } else {
        index = pageSlab.count
        pageSlab.append(Page(places: [UInt32](repeating: 0, count: 1 << ReservationTable.pageBits), count: 0))
      }
      pages[number] = index
    }
    lastPage = (number, index)
    return index
  }

  mutating func remove(_ sequence: UInt64) {
    guard let slot = slot(of: sequence) else { return }
    self[slot: slot] = nil
    free.append(UInt32(slot))
    count -= 1
    let page = page(of: sequence)
    pageSlab[page].places[ReservationTable.offset(sequence)] = 0
    pageSlab[page].count -= 1
    if pageSlab[page].count == 0 {
      pages[sequence >> UInt64(ReservationTable.pageBits)] = nil
      freePages.append(page)
      lastPage = (.max, 0)
    }
  }

  /// Every reservation, in no order.
  func forEach(_ body: (borrowing Reservation) -> Void) {
    for chunk in chunks {
      for slot in chunk {
        if let slot { body(slot) }
      }
    }
  }
}
