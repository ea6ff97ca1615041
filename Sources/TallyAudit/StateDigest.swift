import TallyFormat

/// `State: canonical form and digest` in the format document, written piece by piece into the hash.
struct CanonicalState {
  private var stream = DigestStream()
  private var buffer = ByteWriter(reserving: CanonicalState.flushAt + 4096)
  private static let flushAt = 1 << 16

  /// The digest of the fold's state. Costs a walk over all items, open reservations and counts.
  static func digest(of fold: Fold) -> Digest {
    var writer = CanonicalState()
    writer.write(fold)
    writer.flush()
    return writer.stream.digest
  }

  private mutating func write(_ fold: Fold) {
    buffer.raw("tallystick-state-1\n".utf8)
    buffer.u64(fold.lastSequence)
    buffer.u64(number(fold.lastTime))
    writeItems(fold.items)
    writeReservations(fold)
    let counts = fold.counts.sorted
    buffer.u64(UInt64(counts.count))
    for (item, customer, count) in counts {
      buffer.u32(UInt32(truncatingIfNeeded: item))
      buffer.string(customer.bytes)
      buffer.u64(number(count))
      flushIfFull()
    }
  }

  private mutating func writeItems(_ items: ItemTable) {
    buffer.u64(UInt64(items.count))
    for number in 0..<items.count {
      let stock = items.stock[number]
      buffer.string(items.sku(number))
      buffer.string(items.location(number))
      buffer.u64(self.number(stock.onHand))
      buffer.u64(self.number(stock.held))
      buffer.u64(stock.lastChange)
      buffer.u64(stock.limitPlusOne)
      buffer.u64(stock.limitSince)
      flushIfFull()
    }
  }

  private mutating func writeReservations(_ fold: Fold) {
    buffer.u64(UInt64(fold.open.count))
    // The closure cannot borrow `self` mutably while `fold` is read, so the writer moves in and out.
    var writer = self
    fold.open.forEach { ordinal, reservation, id, customer, lines in
      writer.buffer.u64(fold.order.sequence(of: ordinal))
      writer.buffer.string(id)
      writer.buffer.string(customer)
      writer.buffer.u64(writer.number(reservation.time))
      writer.buffer.u64(writer.number(reservation.expires))
      writer.buffer.u8(reservation.flags)
      writer.buffer.u32(UInt32(lines.count))
      for line in lines {
        writer.buffer.u32(line.item)
        writer.buffer.u64(writer.number(line.reserved))
        writer.buffer.u64(writer.number(line.open))
      }
      writer.flushIfFull()
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
