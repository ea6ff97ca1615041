/// Reading a state back from its canonical form: `State: canonical form and digest` in the format document.
///
/// Everything stands in a canonical order and a shortest form, so that one state has one digest; and what a search relies
/// on is sorted.
extension State {
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
    noteLoaded()
    if let flaw = checkInvariants() { throw MalformedBytes("holds a state in which \(flaw)") }
  }

  private init(reading bytes: UnsafeRawBufferPointer, of expected: UInt64?) throws(MalformedBytes) {
    var reader = StateReader(bytes)
    try reader.beginning()
    lastSequence = try reader.number()
    guard lastSequence == expected ?? lastSequence else { throw MalformedBytes("holds the state after another event") }
    lastTime = try reader.quantity()
    try readItems(&reader)
    try readReservations(&reader)
    try readCounts(&reader)
    try readParts(&reader)
    try reader.end()
  }

  private mutating func readItems(_ reader: inout StateReader) throws(MalformedBytes) {
    let count = try reader.count(ofAtLeast: State.leastItemBytes)
    guard count <= Int(UInt32.max) else { throw MalformedBytes("holds \(count) items") }
    items.reserveHugePages(count)
    itemNames.reserveCapacity(count)
    for index in 0..<count {
      let sku = try reader.name()
      let location = try reader.name()
      guard itemNames.append(sku: sku, location: location) else {
        throw MalformedBytes("holds the name of item \(index) twice")
      }
      var item = Item(
        onHand: try reader.quantity(), held: try reader.quantity(), lastChange: try reader.number())
      item.limit = try reader.limit()
      let limitSince = try reader.number()
      guard (item.limit < 0) == (limitSince == 0) else { throw MalformedBytes("holds a limit that nothing set") }
      if limitSince > 0 { limitsSince[ItemNumber(UInt32(index))] = limitSince }
      items.append(item)
    }
  }

  private mutating func readReservations(_ reader: inout StateReader) throws(MalformedBytes) {
    var previous: (sequence: UInt64, time: Int64) = (0, 0)
    var holds = [DueQueue.Entry]()
    for _ in 0..<(try reader.count(ofAtLeast: State.leastReservationBytes)) {
      let sequence = previous.sequence + (try reader.number())
      let time = previous.time + (try reader.quantity())
      let parts = Parts(rawValue: try reader.byte())
      guard sequence > previous.sequence, sequence <= lastSequence, time <= lastTime else {
        throw MalformedBytes("holds a reservation \(sequence) that is out of order or out of range")
      }
      previous = (sequence, time)
      let expires = try readReservation(&reader, sequence, time, parts)
      openCount += 1
      if expires > 0 { holds.append(DueQueue.Entry(expires: expires, sequence: sequence)) }
    }
    due.rebuild(holds)
  }

  /// - Returns: when it expires; 0: never.
  @inline(__always)
  private mutating func readReservation(
    _ reader: inout StateReader, _ sequence: UInt64, _ time: Int64, _ parts: Parts
  ) throws(MalformedBytes) -> Int64 {
    func isOdd() -> MalformedBytes {
      MalformedBytes("holds a reservation \(sequence) that is not in its shortest form")
    }
    let id = try reader.id(isUUID: parts.contains(.uuid))
    let expires = parts.contains(.expiry) ? time + (try reader.quantity()) : 0
    let customer = parts.contains(.customer) ? CompactName(try reader.name()) : .none
    let lineCount = parts.contains(.severalLines) ? try reader.lineCount() : 1
    guard lineCount <= Limits.maxLinesPerEvent, parts.contains(.severalLines) == (lineCount > 1),
      parts.contains(.expiry) == (expires > time), expires <= Limits.maxQuantity
    else { throw isOdd() }
    var isSettled = false
    let first = try reader.line(of: items.count, parts.contains(.settledLines), &isSettled)
    var record = ReservationRecord(
      sequence: sequence, time: time, expires: expires, id: id, item: first.item, reserved: first.reserved,
      open: first.open)
    if parts.contains(.committed) { record.flags.insert(.committed) }
    if parts.contains(.released) { record.flags.insert(.released) }
    record.isAltered = parts.contains(.altered)
    if lineCount == 1, customer.isEmpty, id.form != .long {
      reservations.insert(record)
    } else {
      var further = [Reservation.Line]()
      for _ in 1..<lineCount {
        let next = try reader.line(of: items.count, parts.contains(.settledLines), &isSettled)
        guard (further.last ?? first).item < next.item else { throw MalformedBytes("holds lines out of order") }
        further.append(next)
      }
      let extra = ReservationExtra(longID: id.bytes, customer: customer, count: further.count) { further[$0] }
      reservations.insert(Reservation(record: record, extra: extra))
    }
    guard isSettled == parts.contains(.settledLines) else { throw isOdd() }
    return expires
  }

  private mutating func readCounts(_ reader: inout StateReader) throws(MalformedBytes) {
    var last: CountKey?
    for _ in 0..<(try reader.count(ofAtLeast: State.leastCountBytes)) {
      let key = CountKey(item: try reader.item(of: items.count), customer: Name(bytes: Array(try reader.name())))
      if let last, (last.item, last.customer) >= (key.item, key.customer) {
        throw MalformedBytes("holds counts out of order")
      }
      last = key
      counts[key] = try reader.quantity()
    }
  }

  /// What few states have: each part at most once, in the order of their numbers.
  private mutating func readParts(_ reader: inout StateReader) throws(MalformedBytes) {
    var last: UInt8 = 0
    while reader.hasMore {
      let number = try reader.byte()
      guard number > last else { throw MalformedBytes("holds parts out of order") }
      switch number {
      case State.waitedNumber: try readWaited(&reader)
      case State.floorsNumber: try readFloors(&reader)
      case State.recipesNumber: try readRecipes(&reader)
      case State.preferencesNumber: try readPreferences(&reader)
      case State.consumersNumber: try readConsumers(&reader)
      default: throw MalformedBytes("holds an unknown part")
      }
      last = number
    }
  }

  private mutating func readRecipes(_ reader: inout StateReader) throws(MalformedBytes) {
    let count = try reader.count(ofAtLeast: State.leastRecipeBytes)
    guard count > 0 else { throw MalformedBytes("holds a part with nothing in it") }
    var last: ItemNumber?
    for _ in 0..<count {
      let item = try reader.item(of: items.count)
      let ownStock = try reader.byte()
      guard last.map({ $0 < item }) ?? true, ownStock <= 1, ownStock == 1 || items[Int(item.rawValue)].onHand == 0
      else { throw MalformedBytes("holds recipes out of order or out of range") }
      last = item
      var parts = [LineEntry]()
      for _ in 0..<(try reader.count(ofAtLeast: State.leastPartBytes)) {
        let part = LineEntry(item: try reader.item(of: items.count), quantity: try reader.quantity())
        guard part.quantity > 0, parts.last.map({ $0.item < part.item }) ?? true else {
          throw MalformedBytes("holds a recipe's parts out of order or out of range")
        }
        parts.append(part)
      }
      guard !parts.isEmpty, recipes.flaw(of: parts, for: item) == nil else {
        throw MalformedBytes("holds a recipe that nothing sets")
      }
      recipes.set(item, Recipe(parts: parts, hasOwnStock: ownStock == 1))
    }
  }

  private mutating func readWaited(_ reader: inout StateReader) throws(MalformedBytes) {
    let count = try reader.count(ofAtLeast: State.leastWaitedBytes)
    guard count > 0 else { throw MalformedBytes("holds a part with nothing in it") }
    var sequence: UInt64 = 0
    for index in 0..<count {
      let step = try reader.number()
      guard index == 0 || step > 0, step <= lastSequence - min(sequence, lastSequence) else {
        throw MalformedBytes("holds those who wait out of order")
      }
      sequence += step
      let form = try reader.byte()
      try setWaited(sequence, form, timeToLive: try reader.quantity())
    }
    // Which of them are blocked on what is found out when it is asked for first.
    waiting.touchAll()
  }

  /// - Parameter form: 1: it waits; 0: it has waited.
  private mutating func setWaited(_ sequence: UInt64, _ form: UInt8, timeToLive: Int64) throws(MalformedBytes) {
    guard form <= 1, let slot = reservations.slot(of: sequence) else {
      throw MalformedBytes("holds no reservation \(sequence) that could have waited")
    }
    let reservation = reservations.reservation(slot: slot)
    let isUntouched =
      !reservation.wasCommitted && !reservation.wasReleased
      && (0..<reservation.lineCount).allSatisfy { reservation[$0].open == reservation[$0].reserved }
    guard form == 1 ? isUntouched : !reservation.isAltered && reservation.timeToLive != timeToLive else {
      throw MalformedBytes("holds a reservation \(sequence) that is not in its shortest form")
    }
    let waited = reservation.waited(isWaiting: form == 1, timeToLive: timeToLive)
    reservations.replace(slot: slot, with: waited)
    guard form == 1 else { return }
    for want in waited.wants {
      let wanted = items[Int(want.item.rawValue)].wanted
      guard want.quantity >= 1, wanted <= Limits.maxQuantity - want.quantity else {
        throw MalformedBytes("holds a reservation \(sequence) that waits for what cannot be")
      }
      items[Int(want.item.rawValue)].wanted = wanted + want.quantity
    }
    waiting.join(sequence, waited.wants)
    waiting.watch(sequence, on: waited[0].item)
  }

  private mutating func readFloors(_ reader: inout StateReader) throws(MalformedBytes) {
    let count = try reader.count(ofAtLeast: State.leastFloorBytes)
    guard count > 0 else { throw MalformedBytes("holds a part with nothing in it") }
    var last = -1
    for _ in 0..<count {
      let number = Int(try reader.item(of: items.count).rawValue)
      let floor = try reader.quantity()
      guard number > last, floor > 0 else { throw MalformedBytes("holds floors out of order or out of range") }
      items[number].floor = floor
      last = number
    }
  }
}

/// Takes the parts of a canonical form, each checked by itself.
struct StateReader {
  private var bytes: ByteReader

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = ByteReader(bytes) }

  mutating func beginning() throws(MalformedBytes) {
    guard try bytes.take(State.label.count).elementsEqual(State.label) else {
      throw MalformedBytes("does not begin like a state")
    }
  }

  var hasMore: Bool { bytes.remaining > 0 }
  var remaining: Int { bytes.remaining }

  func end() throws(MalformedBytes) {
    guard bytes.remaining == 0 else { throw MalformedBytes("has \(bytes.remaining) bytes too many") }
  }

  @inline(__always) mutating func byte() throws(MalformedBytes) -> UInt8 { try bytes.u8() }

  @inline(__always) mutating func number() throws(MalformedBytes) -> UInt64 {
    let value = try bytes.varint()
    guard value <= UInt64(Limits.maxQuantity) else { throw MalformedBytes("holds the number \(value)") }
    return value
  }

  /// A number that is not looked at.
  @inline(__always) mutating func skipNumber() throws(MalformedBytes) { _ = try bytes.varint() }

  @inline(__always) mutating func quantity() throws(MalformedBytes) -> Int64 { Int64(try number()) }

  mutating func lineCount() throws(MalformedBytes) -> Int { Int(try bytes.varint()) }

  /// −1: none.
  mutating func limit() throws(MalformedBytes) -> Int64 {
    let limitPlusOne = try bytes.varint()
    guard limitPlusOne <= UInt64(Limits.maxQuantity) + 1 else {
      throw MalformedBytes("holds the limit \(limitPlusOne)")
    }
    return Int64(limitPlusOne) - 1
  }

  /// A count of things that take at least `size` bytes each: never more than the bytes that are left could hold.
  mutating func count(ofAtLeast size: Int) throws(MalformedBytes) -> Int {
    let count = try bytes.varint()
    guard count <= UInt64(bytes.remaining / size) else {
      throw MalformedBytes("says it holds \(count) of \(size) bytes")
    }
    return Int(count)
  }

  @inline(__always) mutating func name() throws(MalformedBytes) -> UnsafeBufferPointer<UInt8> {
    let name = try bytes.take(Int(try bytes.u8())).bindMemory(to: UInt8.self)
    if !Name.isPlain(name), let flaw = Name.flaw(of: name) { throw MalformedBytes("holds a name that \(flaw)") }
    return name
  }

  @inline(__always) mutating func id(isUUID: Bool) throws(MalformedBytes) -> CompactName {
    if isUUID {
      let text = try bytes.take(16)
      return CompactName(
        uuid: UInt64(bigEndian: text.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: text.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
    let id = CompactName(try name())
    guard id.form != .uuid else { throw MalformedBytes("holds a UUID as a text") }
    return id
  }

  /// - Parameter items: how many there are.
  @inline(__always) mutating func item(of items: Int) throws(MalformedBytes) -> ItemNumber {
    let number = try bytes.varint()
    guard number < UInt64(items) else { throw MalformedBytes("holds an unknown item") }
    return ItemNumber(UInt32(number))
  }

  /// - Parameter isSettled: set if not all that was reserved is open.
  @inline(__always) mutating func line(
    of items: Int, _ saysOpen: Bool, _ isSettled: inout Bool
  ) throws(MalformedBytes) -> Reservation.Line {
    let (item, reserved) = (try item(of: items), try quantity())
    let open = saysOpen ? try quantity() : reserved
    if open != reserved { isSettled = true }
    return Reservation.Line(item: item, reserved: reserved, open: open)
  }
}
