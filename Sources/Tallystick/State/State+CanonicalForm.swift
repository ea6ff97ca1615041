/// `State: canonical form and digest` in the format document.
extension State {
  private static let label = Array("tallystick-state-2\n".utf8)

  // The fewest bytes that these take: two names and five numbers; two numbers, the parts, an id and a line; a number, a
  // name and a number.
  private static let leastItemBytes = 2 * 2 + 5
  private static let leastReservationBytes = 2 + 1 + 2 + 2
  private static let leastCountBytes = 1 + 2 + 1

  /// What a reservation has beside what each has.
  private struct Parts: OptionSet {
    let rawValue: UInt8
    static let committed = Parts(rawValue: 1)
    static let released = Parts(rawValue: 2)
    static let expiry = Parts(rawValue: 4)
    static let customer = Parts(rawValue: 8)
    static let uuid = Parts(rawValue: 16)
    static let severalLines = Parts(rawValue: 32)
    /// Of some line not all that was reserved is open.
    static let settledLines = Parts(rawValue: 64)
    static let all = Parts(rawValue: 127)
  }

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
    out.varint(lastSequence)
    out.varint(lastTime)
    out.varint(UInt64(items.count))
    for (number, item) in items.enumerated() {
      itemNames.withBytes(number) { sku, location in
        out.name(sku)
        out.name(location)
      }
      out.varint(item.onHand)
      out.varint(item.held)
      out.varint(item.lastChange)
      out.varint(item.limit + 1)
      out.varint(item.limitSince)
    }
    out.varint(UInt64(openCount))
    var previous: (sequence: UInt64, time: Int64) = (0, 0)
    reservations.visitInOrder { record, extra in
      guard record.isOpen else { return }
      State.write(record, extra, after: previous, into: &out)
      previous = (record.sequence, record.time)
    }
    out.varint(UInt64(counts.count))
    for (key, count) in counts.sorted(by: { ($0.key.item, $0.key.customer) < ($1.key.item, $1.key.customer) }) {
      out.varint(UInt64(key.item.rawValue))
      out.name(key.customer.bytes)
      out.varint(count)
    }
  }

  @inline(__always)
  private static func write(
    _ record: ReservationRecord, _ extra: ReservationExtra?, after previous: (sequence: UInt64, time: Int64),
    into out: inout PieceWriter
  ) {
    let id = record.id(longBytes: extra?.longID)
    let customer = extra?.customer ?? .none
    let furtherLines = extra?.count ?? 0
    var parts: Parts = []
    if record.flags.contains(.committed) { parts.insert(.committed) }
    if record.flags.contains(.released) { parts.insert(.released) }
    if record.expires > 0 { parts.insert(.expiry) }
    if !customer.isEmpty { parts.insert(.customer) }
    if id.form == .uuid { parts.insert(.uuid) }
    if furtherLines > 0 { parts.insert(.severalLines) }
    if record.open != record.reserved { parts.insert(.settledLines) }
    if let extra {
      for index in 0..<extra.count where extra[index].open != extra[index].reserved { parts.insert(.settledLines) }
    }
    out.varint(record.sequence - previous.sequence)
    out.varint(record.time - previous.time)
    out.u8(parts.rawValue)
    if id.form == .uuid { out.uuid(id.high, id.low) } else { out.name(id) }
    if record.expires > 0 { out.varint(record.expires - record.time) }
    if !customer.isEmpty { out.name(customer) }
    func line(_ line: Reservation.Line) {
      out.varint(UInt64(line.item.rawValue))
      out.varint(line.reserved)
      if parts.contains(.settledLines) { out.varint(line.open) }
    }
    if furtherLines > 0 { out.varint(UInt64(1 + furtherLines)) }
    line(Reservation.Line(item: record.item, reserved: record.reserved, open: record.open))
    if let extra { for index in 0..<extra.count { line(extra[index]) } }
  }

  var digest: Digest {
    var stream = DigestStream()
    writeCanonicalForm { stream.update($0) }
    return stream.digest
  }

  /// - Parameter sequence: the last event that it must be of; `nil`: any. Memory is taken for every 4,096 events that hold
  ///   a reservation, so whoever reads what may be hostile says how many there are.
  /// - Throws: ``MalformedBytes`` for anything but a canonical form that keeps the rules.
  init(canonicalForm bytes: [UInt8], of sequence: UInt64? = nil) throws(MalformedBytes) {
    let result: Result<State, MalformedBytes> = bytes.withUnsafeBytes { raw in
      do throws(MalformedBytes) { return .success(try State(reading: raw, of: sequence)) } catch {
        return .failure(error)
      }
    }
    self = try result.get()
    if let flaw = checkInvariants() { throw MalformedBytes("holds a state in which \(flaw)") }
  }

  private init(reading bytes: UnsafeRawBufferPointer, of expected: UInt64?) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    guard try reader.take(State.label.count).elementsEqual(State.label) else {
      throw MalformedBytes("does not begin like a state")
    }
    func number() throws(MalformedBytes) -> UInt64 {
      let value = try reader.varint()
      guard value <= UInt64(Limits.maxQuantity) else { throw MalformedBytes("holds the number \(value)") }
      return value
    }
    func quantity() throws(MalformedBytes) -> Int64 { Int64(try number()) }
    /// A count of things that take at least `size` bytes each: never more than the bytes that are left could hold.
    func countFitting(_ size: Int) throws(MalformedBytes) -> Int {
      let count = try reader.varint()
      guard count <= UInt64(reader.remaining / size) else {
        throw MalformedBytes("says it holds \(count) of \(size) bytes")
      }
      return Int(count)
    }
    func nameBytes() throws(MalformedBytes) -> UnsafeBufferPointer<UInt8> {
      let bytes = try reader.take(Int(try reader.u8())).bindMemory(to: UInt8.self)
      if !Name.isPlain(bytes), let flaw = Name.flaw(of: bytes) { throw MalformedBytes("holds a name that \(flaw)") }
      return bytes
    }
    func itemNumber() throws(MalformedBytes) -> ItemNumber {
      let number = try reader.varint()
      guard number < UInt64(items.count) else { throw MalformedBytes("holds an unknown item") }
      return ItemNumber(UInt32(number))
    }
    lastSequence = try number()
    guard lastSequence == expected ?? lastSequence else { throw MalformedBytes("holds the state after another event") }
    lastTime = try quantity()
    let itemCount = try countFitting(State.leastItemBytes)
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
      let limitPlusOne = try reader.varint()
      guard limitPlusOne <= UInt64(Limits.maxQuantity) + 1 else {
        throw MalformedBytes("holds the limit \(limitPlusOne)")
      }
      item.limit = Int64(limitPlusOne) - 1
      item.limitSince = try number()
      items.append(item)
    }
    // Everything stands in a canonical order and a shortest form, so that one state has one digest; and what a search
    // relies on is sorted.
    var previous: (sequence: UInt64, time: Int64) = (0, 0)
    var holds = [DueQueue.Entry]()
    for _ in 0..<(try countFitting(State.leastReservationBytes)) {
      let sequence = previous.sequence + (try number())
      let time = previous.time + (try quantity())
      let parts = Parts(rawValue: try reader.u8())
      guard sequence > previous.sequence, sequence <= lastSequence, time <= lastTime, Parts.all.contains(parts) else {
        throw MalformedBytes("holds a reservation \(sequence) that is out of order or out of range")
      }
      previous = (sequence, time)
      let id: CompactName
      if parts.contains(.uuid) {
        let bytes = try reader.take(16)
        id = CompactName(
          uuid: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
          UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
      } else {
        id = CompactName(try nameBytes())
        guard id.form != .uuid else { throw MalformedBytes("holds a UUID as a text") }
      }
      let expires = parts.contains(.expiry) ? time + (try quantity()) : 0
      let customer = parts.contains(.customer) ? CompactName(try nameBytes()) : .none
      let lineCount = parts.contains(.severalLines) ? Int(try reader.varint()) : 1
      guard lineCount <= Limits.maxLinesPerEvent, parts.contains(.severalLines) == (lineCount > 1),
        parts.contains(.expiry) == (expires > time), expires <= Limits.maxQuantity
      else { throw MalformedBytes("holds a reservation \(sequence) that is not in its shortest form") }
      var isSettled = false
      func line() throws(MalformedBytes) -> Reservation.Line {
        let (item, reserved) = (try itemNumber(), try quantity())
        let open = parts.contains(.settledLines) ? try quantity() : reserved
        if open != reserved { isSettled = true }
        return Reservation.Line(item: item, reserved: reserved, open: open)
      }
      let first = try line()
      var record = ReservationRecord(
        sequence: sequence, time: time, expires: expires, id: id, item: first.item, reserved: first.reserved,
        open: first.open)
      if parts.contains(.committed) { record.flags.insert(.committed) }
      if parts.contains(.released) { record.flags.insert(.released) }
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
      guard isSettled == parts.contains(.settledLines) else {
        throw MalformedBytes("holds a reservation \(sequence) that is not in its shortest form")
      }
      openCount += 1
      if expires > 0 { holds.append(DueQueue.Entry(expires: expires, sequence: sequence)) }
    }
    due.rebuild(holds)
    var last: CountKey?
    for _ in 0..<(try countFitting(State.leastCountBytes)) {
      let key = CountKey(item: try itemNumber(), customer: Name(bytes: Array(try nameBytes())))
      if let last, (last.item, last.customer) >= (key.item, key.customer) {
        throw MalformedBytes("holds counts out of order")
      }
      last = key
      counts[key] = try quantity()
    }
    guard reader.remaining == 0 else { throw MalformedBytes("has \(reader.remaining) bytes too many") }
  }
}
