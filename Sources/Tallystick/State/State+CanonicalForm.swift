/// `State: canonical form and digest` in the format document.
extension State {
  static let label = Array("tallystick-state-2\n".utf8)

  // The fewest bytes that these take: two names and five numbers; two numbers, the parts, an id and a line; a number, a
  // name and a number.
  static let leastItemBytes = 2 * 2 + 5
  static let leastReservationBytes = 2 + 1 + 2 + 2
  static let leastCountBytes = 1 + 2 + 1
  static let leastFloorBytes = 2
  static let leastWaitedBytes = 3
  /// What begins those who wait or have waited.
  static let waitedNumber = EventKind.waiting.rawValue
  static let leastRecipeBytes = 5
  static let leastPartBytes = 2
  /// What begins the floors.
  static let floorsNumber = EventKind.floorSet.rawValue
  /// What begins the recipes.
  static let recipesNumber = EventKind.recipeSet.rawValue
  static let leastPreferenceBytes = 2 + 2
  /// What begins the stated orders of locations.
  static let preferencesNumber = EventKind.preferenceSet.rawValue

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
    var waited = 0
    reservations.visitInOrder { record, extra in
      guard record.isOpen else { return }
      if State.waitedForm(record, extra) != nil { waited += 1 }
      State.write(record, extra, after: previous, into: &out)
      previous = (record.sequence, record.time)
    }
    out.varint(UInt64(counts.count))
    for (key, count) in counts.sorted(by: { ($0.key.item, $0.key.customer) < ($1.key.item, $1.key.customer) }) {
      out.varint(UInt64(key.item.rawValue))
      out.name(key.customer.bytes)
      out.varint(count)
    }
    if waited > 0 { writeWaited(waited, into: &out) }
    writeFloors(into: &out)
    writeRecipes(into: &out)
    writePreferences(into: &out)
    writeConsumers(into: &out)
  }

  /// Of one that waits: 1; of one that has waited, where its time to live does not follow from when it expires, and is not
  /// to be looked up in the log because it was altered: 0; `nil`: nothing is to be said of it.
  @inline(__always)
  private static func waitedForm(_ record: ReservationRecord, _ extra: ReservationExtra?) -> UInt8? {
    if record.waits { return 1 }
    guard let timeToLive = extra?.timeToLive, timeToLive >= 0, !record.isAltered else { return nil }
    return timeToLive == Reservation.timeToLive(time: record.time, expires: record.expires) ? nil : 0
  }

  private func writeWaited(_ count: Int, into out: inout PieceWriter) {
    out.u8(State.waitedNumber)
    out.varint(UInt64(count))
    var previous: UInt64 = 0
    reservations.visitInOrder { record, extra in
      guard record.isOpen, let form = State.waitedForm(record, extra) else { return }
      out.varint(record.sequence - previous)
      out.u8(form)
      out.varint(max(0, extra?.timeToLive ?? 0))
      previous = record.sequence
    }
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
    // Of one that waits all lines look open here.
    let waits = record.waits
    if !waits, record.open != record.reserved { parts.insert(.settledLines) }
    if !waits, let extra {
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
