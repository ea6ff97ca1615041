/// `State: canonical form and digest` in the format document.
extension State {
  private static let label = Array("tallystick-state-1\n".utf8)

  /// The bytes whose SHA-256 is the state digest; the contents of a snapshot. Cost: the whole state.
  func canonicalForm() -> [UInt8] {
    var out = ByteWriter(reserving: 64 + items.count * 72 + openCount * 100)
    out.raw(State.label)
    out.u64(lastSequence)
    out.u64(UInt64(lastTime))
    out.u64(UInt64(items.count))
    for (item, name) in zip(items, itemNames) {
      out.string(name.sku.bytes)
      out.string(name.location.bytes)
      out.u64(UInt64(item.onHand))
      out.u64(UInt64(item.held))
      out.u64(item.lastChange)
      out.u64(UInt64(item.limit + 1))
      out.u64(item.limitSince)
    }
    var open = [UInt64]()
    open.reserveCapacity(openCount)
    reservations.forEach { if $0.isOpen { open.append($0.sequence) } }
    open.sort()
    out.u64(UInt64(open.count))
    for sequence in open {
      guard let reservation = reservations[sequence] else { continue }
      out.u64(sequence)
      out.string(reservation.id.name.bytes)
      out.string(reservation.customer.name.bytes)
      out.u64(UInt64(reservation.time))
      out.u64(UInt64(reservation.expires))
      out.u8((reservation.wasCommitted ? 1 : 0) | (reservation.wasReleased ? 2 : 0))
      out.u32(UInt32(reservation.lineCount))
      for index in 0..<reservation.lineCount {
        let line = reservation[index]
        out.u32(line.item.rawValue)
        out.u64(UInt64(line.reserved))
        out.u64(UInt64(line.open))
      }
    }
    out.u64(UInt64(counts.count))
    for (key, count) in counts.sorted(by: { ($0.key.item, $0.key.customer) < ($1.key.item, $1.key.customer) }) {
      out.u32(key.item.rawValue)
      out.string(key.customer.bytes)
      out.u64(UInt64(count))
    }
    return out.bytes
  }

  var digest: Digest { Digest.sha256(canonicalForm()) }

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
    func quantity() throws(MalformedBytes) -> Int64 {
      let value = try reader.u64()
      guard value <= UInt64(Limits.maxQuantity) + 1 else { throw MalformedBytes("holds the number \(value)") }
      return Int64(value)
    }
    func string(minimum: Int = 1) throws(MalformedBytes) -> Name {
      let name = Name(bytes: Array(try reader.take(Int(try reader.u16()))))
      if let flaw = name.flaw(minimum: minimum) { throw MalformedBytes("holds a name that \(flaw)") }
      return name
    }
    lastSequence = UInt64(try quantity())
    lastTime = try quantity()
    for number in 0..<(try reader.u64()) {
      let name = ItemName(sku: try string(), location: try string())
      guard itemNumbers.updateValue(ItemNumber(UInt32(truncatingIfNeeded: number)), forKey: name) == nil else {
        throw MalformedBytes("holds \(name) twice")
      }
      itemNames.append(name)
      items.append(
        Item(
          onHand: try quantity(), held: try quantity(), limit: -1, limitSince: 0, lastChange: UInt64(try quantity())))
      items[items.count - 1].limit = try quantity() - 1
      items[items.count - 1].limitSince = UInt64(try quantity())
    }
    // Everything stands in a canonical order, so that one form has one digest; and what a search relies on is sorted.
    var previous: UInt64 = 0
    for _ in 0..<(try reader.u64()) {
      let sequence = UInt64(try quantity())
      let id = try string()
      let customer = try string(minimum: 0)
      let time = try quantity()
      let expires = try quantity()
      let flags = try reader.u8()
      let count = Int(try reader.u32())
      guard count >= 1, count <= Limits.maxLinesPerEvent else {
        throw MalformedBytes("holds a reservation with \(count) lines")
      }
      guard sequence > previous, sequence <= lastSequence, flags <= 3, time <= lastTime, expires == 0 || expires > time
      else { throw MalformedBytes("holds a reservation \(sequence) that is out of order or out of range") }
      previous = sequence
      var lines = [Reservation.Line]()
      for _ in 0..<count {
        let item = ItemNumber(try reader.u32())
        guard Int(item.rawValue) < items.count else { throw MalformedBytes("holds an unknown item") }
        if let last = lines.last, last.item >= item { throw MalformedBytes("holds lines out of order") }
        lines.append(Reservation.Line(item: item, reserved: try quantity(), open: try quantity()))
      }
      var reservation = Reservation(
        sequence: sequence, time: time, expires: expires, id: CompactName(id), customer: CompactName(customer),
        first: lines[0], further: Array(lines.dropFirst()))
      reservation.wasCommitted = flags & 1 != 0
      reservation.wasReleased = flags & 2 != 0
      reservations.insert(reservation)
      openCount += 1
      if expires > 0 { due.insert(expires: expires, sequence: sequence) }
    }
    var last: CountKey?
    for _ in 0..<(try reader.u64()) {
      let key = CountKey(item: ItemNumber(try reader.u32()), customer: try string())
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
