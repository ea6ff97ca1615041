/// `State: canonical form and digest` in the format document.
extension State {
  static let label = Array("tallystick-state-2\n".utf8)

  // The fewest bytes that these take: two names and five numbers; two numbers, the parts, an id and a line; a number, a
  // name and a number.
  static let leastItemBytes = 2 * 2 + 5
  static let leastReservationBytes = 2 + 1 + 2 + 2
  static let leastCountBytes = 1 + 2 + 1
  static let leastFloorBytes = 2
  static let leastRecipeBytes = 5
  static let leastPartBytes = 2
  /// What begins the floors.
  static let floorsNumber = EventKind.floorSet.rawValue
  /// What begins the recipes.
  static let recipesNumber = EventKind.recipeSet.rawValue

  /// What a reservation has beside what each has.
  struct Parts: OptionSet {
    let rawValue: UInt8
    static let committed = Parts(rawValue: 1)
    static let released = Parts(rawValue: 2)
    static let expiry = Parts(rawValue: 4)
    static let customer = Parts(rawValue: 8)
    static let uuid = Parts(rawValue: 16)
    static let severalLines = Parts(rawValue: 32)
    /// Of some line not all that was reserved is open.
    static let settledLines = Parts(rawValue: 64)
    /// It is not any more what its `reserved` event says.
    static let altered = Parts(rawValue: 128)
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
      out.varint(item.limit < 0 ? 0 : limitsSince[ItemNumber(UInt32(number))] ?? 0)
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
    writeFloors(into: &out)
    writeRecipes(into: &out)
  }

  private func writeFloors(into out: inout PieceWriter) {
    let count = items.count { $0.floor > 0 }
    if count == 0 { return }
    out.u8(State.floorsNumber)
    out.varint(UInt64(count))
    for (number, item) in items.enumerated() where item.floor > 0 {
      out.varint(UInt64(number))
      out.varint(item.floor)
    }
  }

  private func writeRecipes(into out: inout PieceWriter) {
    if recipes.isEmpty { return }
    out.u8(State.recipesNumber)
    out.varint(UInt64(recipes.count))
    for (item, recipe) in recipes.sorted {
      out.varint(UInt64(item.rawValue))
      out.u8(recipe.hasOwnStock ? 1 : 0)
      out.varint(UInt64(recipe.parts.count))
      for part in recipe.parts {
        out.varint(UInt64(part.item.rawValue))
        out.varint(part.quantity)
      }
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
    if record.isAltered { parts.insert(.altered) }
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
}
