import TallyFormat

/// `State: canonical form and digest` in the format document, written piece by piece into the hash.
struct CanonicalState {
  private var stream = DigestStream()
  private var buffer = ByteWriter(reserving: CanonicalState.flushAt + 4096)
  private static let flushAt = 1 << 16
  private static let longRun = 1024

  /// The digest of the fold's state. Costs a walk over all items, open reservations and counts.
  static func digest(of fold: borrowing Fold) -> Digest {
    var writer = CanonicalState()
    writer.write(fold)
    writer.flush()
    return writer.stream.digest
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
    for number in 0..<items.count {
      let stock = items.stock[number]
      buffer.string(items.sku(number))
      buffer.string(items.location(number))
      buffer.u64(self.number(stock.onHand))
      buffer.u64(self.number(stock.held))
      buffer.u64(stock.lastChange)
      buffer.u64(items.limits[number].plusOne)
      buffer.u64(items.limits[number].since)
      flushIfFull()
    }
  }

  /// They are kept in their canonical form: long runs of them go into the hash as they stand.
  private mutating func writeReservations(_ open: borrowing OpenReservations) {
    buffer.u64(UInt64(open.count))
    // The closure cannot borrow `self` mutably, so the writer moves in and out.
    var writer = self
    open.forEachRun { records in
      if records.count < CanonicalState.longRun {
        writer.buffer.raw(records)
        writer.flushIfFull()
      } else {
        writer.flush()
        writer.stream.update(records)
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
    buffer.bytes.withUnsafeBytes { stream.update($0) }
    buffer.bytes.removeAll(keepingCapacity: true)
  }
}
