/// Reservations by sequence number: a slab of records and an open-addressing index into it.
///
/// Sequence numbers are dense, so the index hashes by their low bits: neighbours in time are neighbours in memory.
struct ReservationTable: Sendable {
  private var slots: [Reservation?] = []
  private var free: [UInt32] = []
  private var keys: [UInt64]
  private var places: [UInt32]
  private(set) var count = 0

  init() {
    keys = [UInt64](repeating: 0, count: 16)
    places = [UInt32](repeating: 0, count: 16)
  }

  private func position(of sequence: UInt64) -> Int? {
    let mask = keys.count - 1
    var position = Int(truncatingIfNeeded: sequence) & mask
    while keys[position] != 0 {
      if keys[position] == sequence { return position }
      position = (position + 1) & mask
    }
    return nil
  }

  /// The slot of a reservation, good until it is removed.
  func slot(of sequence: UInt64) -> Int? { position(of: sequence).map { Int(places[$0]) } }

  subscript(sequence: UInt64) -> Reservation? { slot(of: sequence).flatMap { slots[$0] } }

  /// Changes the reservation in place.
  mutating func update<R>(slot: Int, _ body: (inout Reservation) -> R) -> R? {
    guard slots[slot] != nil else { return nil }
    return body(&slots[slot]!)
  }

  func withReservation<R>(slot: Int, _ body: (borrowing Reservation) -> R) -> R? {
    guard let reservation = slots[slot] else { return nil }
    return body(reservation)
  }

  mutating func insert(_ reservation: Reservation) {
    if (count + 1) * 2 > keys.count { grow() }
    let slot: Int
    if let last = free.popLast() {
      slot = Int(last)
      slots[slot] = reservation
    } else {
      slot = slots.count
      slots.append(reservation)
    }
    place(reservation.sequence, UInt32(slot))
    count += 1
  }

  private mutating func place(_ sequence: UInt64, _ slot: UInt32) {
    let mask = keys.count - 1
    var position = Int(truncatingIfNeeded: sequence) & mask
    while keys[position] != 0 { position = (position + 1) & mask }
    keys[position] = sequence
    places[position] = slot
  }

  private mutating func grow() {
    let oldKeys = keys
    let oldPlaces = places
    keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
    places = [UInt32](repeating: 0, count: oldKeys.count * 2)
    for (position, key) in oldKeys.enumerated() where key != 0 { place(key, oldPlaces[position]) }
  }

  mutating func remove(_ sequence: UInt64) {
    guard var hole = position(of: sequence) else { return }
    let slot = places[hole]
    slots[Int(slot)] = nil
    free.append(slot)
    count -= 1
    // Close the gap, so that probing never needs tombstones (Knuth, 6.4, algorithm R).
    let mask = keys.count - 1
    var next = (hole + 1) & mask
    while keys[next] != 0 {
      let home = Int(truncatingIfNeeded: keys[next]) & mask
      if (next - home) & mask >= (next - hole) & mask {
        keys[hole] = keys[next]
        places[hole] = places[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    keys[hole] = 0
  }

  /// Every reservation, in no order.
  func forEach(_ body: (borrowing Reservation) -> Void) {
    for slot in slots {
      if let slot { body(slot) }
    }
  }
}
