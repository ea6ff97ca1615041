/// `State: canonical form and digest` in the format document.
extension State {
  private static let label = Array("tallystick-state-1\n".utf8)

  /// Hands the bytes whose SHA-256 is the state digest, the contents of a snapshot, to `take` piece by piece.
  ///
  /// Cost: the whole state.
  func writeCanonicalForm(to take: (UnsafeRawBufferPointer) -> Void) {
    PieceWriter.write(to: take) { write(into: &$0) }
  }

  func canonicalForm() -> [UInt8] {
    var bytes = [UInt8]()
    writeCanonicalForm { bytes.append(contentsOf: $0) }
    return bytes
  }

  private func write(into out: inout PieceWriter) {
    out.raw(State.label)
    out.u64(lastSequence)
    out.u64(UInt64(lastTime))
    out.u64(UInt64(items.count))
    for (number, item) in items.enumerated() {
      itemNames.withBytes(number) { sku, location in
        out.string(sku)
        out.string(location)
      }
      out.u64(UInt64(item.onHand))
      out.u64(UInt64(item.held))
      out.u64(item.lastChange)
      out.u64(UInt64(item.limit + 1))
      out.u64(item.limitSince)
    }
    out.u64(UInt64(openCount))
    reservations.visitInOrder { record, extra in
      guard record.isOpen else { return }
      out.u64(record.sequence)
      out.string(record.id(longBytes: extra?.longID))
      out.string(extra?.customer ?? .none)
      out.u64(UInt64(record.time))
      out.u64(UInt64(record.expires))
      out.u8((record.flags.contains(.committed) ? 1 : 0) | (record.flags.contains(.released) ? 2 : 0))
      out.u32(UInt32(1 + (extra?.count ?? 0)))
      out.line(record.item, record.reserved, record.open)
      if let extra {
        for index in 0..<extra.count { out.line(extra[index].item, extra[index].reserved, extra[index].open) }
      }
    }
    out.u64(UInt64(counts.count))
    for (key, count) in counts.sorted(by: { ($0.key.item, $0.key.customer) < ($1.key.item, $1.key.customer) }) {
      out.u32(key.item.rawValue)
      out.string(key.customer.bytes)
      out.u64(UInt64(count))
    }
  }

  var digest: Digest {
    var stream = DigestStream()
    writeCanonicalForm { stream.update($0) }
    return stream.digest
  }

  /// - Throws: ``MalformedBytes`` for anything but a canonical form that keeps the rules.
  init(canonicalForm bytes: [UInt8]) throws(MalformedBytes) {
    let result: Result<State, MalformedBytes> = bytes.withUnsafeBytes { raw in
      do throws(MalformedBytes) { return .success(try State(reading: raw)) } catch { return .failure(error) }
    }
    self = try result.get()
    if let flaw = checkInvariants() { throw MalformedBytes("holds a state in which \(flaw)") }
  }

  private init(reading bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    guard try reader.take(State.label.count).elementsEqual(State.label) else {
      throw MalformedBytes("does not begin like a state")
    }
    func number() throws(MalformedBytes) -> UInt64 {
      let value = try reader.u64()
      guard value <= UInt64(Limits.maxQuantity) else { throw MalformedBytes("holds the number \(value)") }
      return value
    }
    func quantity() throws(MalformedBytes) -> Int64 { Int64(try number()) }
    /// A count of things that take at least `size` bytes each: never more than the bytes that are left could hold.
    func countFitting(_ size: Int) throws(MalformedBytes) -> Int {
      let count = try reader.u64()
      guard count <= UInt64(reader.remaining / size) else {
        throw MalformedBytes("says it holds \(count) of \(size) bytes")
      }
      return Int(count)
    }
    func nameBytes(minimum: Int = 1) throws(MalformedBytes) -> UnsafeBufferPointer<UInt8> {
      let bytes = try reader.take(Int(try reader.u16())).bindMemory(to: UInt8.self)
      if !Name.isPlain(bytes), let flaw = Name.flaw(of: bytes, minimum: minimum) {
        throw MalformedBytes("holds a name that \(flaw)")
      }
      return bytes
    }
    lastSequence = try number()
    lastTime = try quantity()
    let itemCount = try countFitting(46)
    guard itemCount <= Int(UInt32.max) else { throw MalformedBytes("holds \(itemCount) items") }
    items.reserveHugePages(itemCount)
    itemNames.reserveCapacity(itemCount)
    for index in 0..<itemCount {
      let sku = try nameBytes()
      let location = try nameBytes()
      guard itemNames.append(sku: sku, location: location) else {
        throw MalformedBytes("holds the name of item \(index) twice")
      }
      var item = Item(onHand: try quantity(), held: try quantity(), lastChange: try number())
      let limitPlusOne = try reader.u64()
      guard limitPlusOne <= UInt64(Limits.maxQuantity) + 1 else {
        throw MalformedBytes("holds the limit \(limitPlusOne)")
      }
      item.limit = Int64(limitPlusOne) - 1
      item.limitSince = try number()
      items.append(item)
    }
    // Everything stands in a canonical order, so that one form has one digest; and what a search relies on is sorted.
    var previous: UInt64 = 0
    var holds = [DueQueue.Entry]()
    for _ in 0..<(try countFitting(54)) {
      let sequence = try number()
      let id = CompactName(try nameBytes())
      let customer = CompactName(try nameBytes(minimum: 0))
      let time = try quantity()
      let expires = try quantity()
      let flags = try reader.u8()
      let lineCount = Int(try reader.u32())
      guard sequence > 0, sequence <= lastSequence, lineCount >= 1, lineCount <= Limits.maxLinesPerEvent else {
        throw MalformedBytes("holds a reservation \(sequence) with \(lineCount) lines")
      }
      guard sequence > previous, flags <= 3, time <= lastTime, expires == 0 || expires > time else {
        throw MalformedBytes("holds a reservation \(sequence) that is out of order or out of range")
      }
      previous = sequence
      func line() throws(MalformedBytes) -> Reservation.Line {
        let item = ItemNumber(try reader.u32())
        guard Int(item.rawValue) < items.count else { throw MalformedBytes("holds an unknown item") }
        return Reservation.Line(item: item, reserved: try quantity(), open: try quantity())
      }
      let first = try line()
      var record = ReservationRecord(
        sequence: sequence, time: time, expires: expires, id: id, item: first.item, reserved: first.reserved,
        open: first.open)
      if flags & 1 != 0 { record.flags.insert(.committed) }
      if flags & 2 != 0 { record.flags.insert(.released) }
      if lineCount == 1, customer.isEmpty, id.form != .long {
        reservations.insert(record)
      } else {
        var further = [Reservation.Line]()
        for _ in 1..<lineCount {
          let next = try line()
          guard (further.last ?? first).item < next.item else { throw MalformedBytes("holds lines out of order") }
          further.append(next)
        }
        let extra = ReservationExtra(longID: id.bytes, customer: customer, count: further.count) { further[$0] }
        reservations.insert(Reservation(record: record, extra: extra))
      }
      openCount += 1
      if expires > 0 { holds.append(DueQueue.Entry(expires: expires, sequence: sequence)) }
    }
    due.rebuild(holds)
    var last: CountKey?
    for _ in 0..<(try countFitting(15)) {
      let key = CountKey(item: ItemNumber(try reader.u32()), customer: Name(bytes: Array(try nameBytes())))
      guard Int(key.item.rawValue) < items.count else { throw MalformedBytes("holds an unknown item") }
      if let last, (last.item, last.customer) >= (key.item, key.customer) {
        throw MalformedBytes("holds counts out of order")
      }
      last = key
      counts[key] = try quantity()
    }
    guard reader.remaining == 0 else { throw MalformedBytes("has \(reader.remaining) bytes too many") }
  }
}
