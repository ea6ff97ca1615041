import TallyFormat

/// `State: canonical form and digest` in the format document, written piece by piece into the hash.
struct CanonicalState {
  private let hasher: StateHasher
  private var buffer = ByteWriter(reserving: CanonicalState.flushAt + 4096)
  private static let flushAt = 1 << 16
  private static let longRun = 1024

  /// Hands the fold's state to the hasher. Costs a walk over all items, open reservations and counts.
  ///
  /// - Returns: where its digest will be: see ``StateHasher/digests()``.
  static func pass(_ fold: borrowing Fold, to hasher: StateHasher) -> Int {
    var writer = CanonicalState(hasher: hasher)
    writer.write(fold)
    writer.flush()
    return hasher.endState()
  }

  private mutating func write(_ fold: borrowing Fold) {
    buffer.raw("tallystick-state-1\n".utf8)
    buffer.u64(fold.lastSequence)
    buffer.u64(number(fold.lastTime))
    writeItems(fold.items)
    writeReservations(fold.open)
    let counts = fold.counts.sorted
    buffer.u64(UInt64(counts.count))
    for (item, customer, count) in counts {
      buffer.u32(UInt32(truncatingIfNeeded: item))
      buffer.string(customer.bytes)
      buffer.u64(number(count))
      flushIfFull()
    }
  }

  private mutating func writeItems(_ items: borrowing ItemTable) {
    buffer.u64(UInt64(items.count))
    // The closure cannot borrow `self` mutably, so the writer moves in and out.
    var writer = self
    items.forEachNames { number, names in
      let stock = items.stock[number]
      let limit = items.limits[number]
      writer.buffer.raw(names)
      let numbers = (
        UInt64(bitPattern: stock.onHand).littleEndian, UInt64(bitPattern: stock.held).littleEndian,
        stock.lastChange.littleEndian, limit.plusOne.littleEndian, limit.since.littleEndian
      )
      // All at once: an append a number is most of a look at the items.
      withUnsafeBytes(of: numbers) { writer.buffer.raw($0) }
      writer.flushIfFull()
    }
    self = writer
  }

  /// They are kept in their canonical form: long runs of them go into the hash as they stand.
  private mutating func writeReservations(_ open: borrowing OpenReservations) {
    buffer.u64(UInt64(open.count))
    var writer = self
    open.forEachRun { records in
      if records.count < CanonicalState.longRun {
        writer.buffer.raw(records)
        writer.flushIfFull()
      } else {
        writer.flush()
        writer.hasher.update(records)
      }
    }
    self = writer
  }

  /// What a forged log made negative still has a canonical form, if a meaningless one.
  private func number(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }

  private mutating func flushIfFull() {
    if buffer.bytes.count >= Self.flushAt { flush() }
  }

  private mutating func flush() {
    buffer.bytes.withUnsafeBytes { hasher.update($0) }
    buffer.bytes.removeAll(keepingCapacity: true)
  }
}
