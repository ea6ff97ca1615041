import TallyFormat

/// Reads the canonical form of a state back into a fold: `State: canonical form and digest` in the format document.
///
/// The bytes have the digest that an audit arrived at. Still nothing in them is believed: what cannot be is refused.
struct StateReader: ~Copyable {
  private let whole: UnsafeRawBufferPointer
  private var bytes: ByteReader
  private var lastSequence: UInt64 = 0
  /// The id being read, in memory that is used again.
  private var id: [UInt8] = []

  init(_ bytes: UnsafeRawBufferPointer) { (whole, self.bytes) = (bytes, ByteReader(bytes)) }

  private mutating func number() throws(MalformedBytes) -> Int64 { Int64(try bytes.varint()) }
  private mutating func count(_ most: Int) throws(MalformedBytes) -> Int {
    let count = Int(try bytes.varint())
    guard count <= most else { throw MalformedBytes("counts \(count) where there can be \(most)") }
    return count
  }
  private mutating func name() throws(MalformedBytes) -> UnsafeRawBufferPointer {
    let length = Int(try bytes.u8())
    guard length <= Limits.maxNameBytes else { throw MalformedBytes("has a name of \(length) bytes") }
    return try bytes.take(length)
  }
  private mutating func ownName() throws(MalformedBytes) -> Name { Name(bytes: Array(try name())) }
  private mutating func item(_ fold: borrowing Fold) throws(MalformedBytes) -> Int {
    let item = Int(try bytes.varint())
    guard item < fold.items.count else { throw MalformedBytes("names item \(item) of \(fold.items.count)") }
    return item
  }

  /// Fills a fold that has folded nothing.
  ///
  /// - Parameter log: the last event that the state is after; the log has no gaps up to it.
  mutating func read(into fold: inout Fold, after log: UInt64) throws(MalformedBytes) {
    guard try bytes.take(19).elementsEqual("tallystick-state-2\n".utf8) else { throw MalformedBytes("is no state") }
    lastSequence = try bytes.varint()
    guard lastSequence == log else { throw MalformedBytes("is of event \(lastSequence), not \(log)") }
    let lastTime = try number()
    if lastSequence > 0 { fold.order.begin(1, ordinal: 0) }
    for _ in 0..<(try count(Int(lastSequence))) { try readItem(into: &fold) }
    try readReservations(into: &fold)
    for _ in 0..<(try count(.max)) {
      let item = try item(fold)
      let customer = try ownName()
      _ = fold.counts.add(try number(), item: item, customer: customer)
    }
    fold.goOn(lastSequence: lastSequence, lastTime: lastTime)
    var tag: UInt8 = 0
    while bytes.remaining > 0 {
      let next = try bytes.u8()
      guard next > tag else { throw MalformedBytes("has part \(next) behind part \(tag)") }
      tag = next
      try readPart(tag, into: &fold)
    }
  }

  private mutating func readItem(into fold: inout Fold) throws(MalformedBytes) {
    let start = bytes.offset
    _ = (try name(), try name())
    let both = UnsafeRawBufferPointer(rebasing: whole[start..<bytes.offset])
    let number = fold.items.count
    let (onHand, held) = (try self.number(), try self.number())
    fold.items.takeOver(both, Stock(onHand: onHand, held: held, lastChange: try bytes.varint()))
    let limit = ItemLimit(plusOne: try bytes.varint(), since: try bytes.varint())
    if limit.plusOne != 0 || limit.since != 0 { fold.items.setLimit(number, limit) }
  }

  private mutating func readReservations(into fold: inout Fold) throws(MalformedBytes) {
    var (sequence, time): (UInt64, Int64) = (0, 0)
    for _ in 0..<(try count(Int(lastSequence))) {
      let step = try bytes.varint()
      guard step > 0, step <= lastSequence - sequence else { throw MalformedBytes("has reservations out of order") }
      sequence += step
      time += try number()
      try readReservation(sequence, time, into: &fold)
    }
  }

  private mutating func readReservation(
    _ sequence: UInt64, _ time: Int64, into fold: inout Fold
  ) throws(MalformedBytes) {
    let parts = try bytes.u8()
    id.removeAll(keepingCapacity: true)
    if parts & 16 != 0 {
      let raw = try bytes.take(16)
      let (high, low) = (raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      UUIDText.append(UInt64(bigEndian: high), UInt64(bigEndian: low), to: &id)
    } else {
      id.append(contentsOf: try name())
    }
    let expires = parts & 4 != 0 ? time + (try number()) : 0
    let customer = parts & 8 != 0 ? try name() : UnsafeRawBufferPointer(start: nil, count: 0)
    let lines = parts & 32 != 0 ? try count(Limits.maxLinesPerEvent) : 1
    let ordinal = Int(sequence) - 1
    let record = id.withUnsafeBytes {
      fold.open.add(
        ordinal, sequence: sequence, id: $0, customer: customer, time: time, expires: expires, lines: lines)
    }
    for line in 0..<lines {
      let item = try item(fold)
      let reserved = try number()
      record.addLine(UInt32(item), reserved)
      if parts & 64 != 0 {
        let open = try number()
        guard open <= reserved else { throw MalformedBytes("has more open than was reserved") }
        record.settle(line: line, reserved - open)
      }
    }
    record.mark(parts & ~(4 | 8 | 16 | 32 | 64))
    if expires != 0 { fold.due.add(DueHolds.Hold(expires: expires, ordinal: ordinal)) }
  }

  // MARK: What few logs have

  private mutating func readPart(_ tag: UInt8, into fold: inout Fold) throws(MalformedBytes) {
    switch tag {
    case 17: try readWaiting(into: &fold)
    case 24:
      for _ in 0..<(try count(fold.items.count)) { fold.items.setFloor(try item(fold), try number()) }
    case 25: try readRecipes(into: &fold)
    case 26:
      for _ in 0..<(try count(fold.items.count)) {
        let sku = try ownName()
        var order: [Int] = []
        for _ in 0..<(try count(fold.items.count)) { order.append(try item(fold)) }
        fold.items.setPreference(sku, order)
      }
    case 27:
      fold.consumers.lastOwn = try bytes.varint()
      fold.consumers.lastOther = try bytes.varint()
      for _ in 0..<(try count(Limits.maxConsumers)) {
        let name = try ownName()
        fold.consumers.entries[name] = (try bytes.varint(), try bytes.varint())
      }
    default: throw MalformedBytes("has a part \(tag), which is not known")
    }
  }

  private mutating func readWaiting(into fold: inout Fold) throws(MalformedBytes) {
    var sequence: UInt64 = 0
    for _ in 0..<(try count(fold.open.count)) {
      let step = try bytes.varint()
      guard step > 0, step <= lastSequence - sequence else { throw MalformedBytes("has those who wait out of order") }
      sequence += step
      let isWaiting = try bytes.u8() == 1
      let timeToLive = try number()
      let ordinal = Int(sequence) - 1
      guard case .open(let handle) = fold.open.standing(ordinal) else {
        throw MalformedBytes("has event \(sequence) wait, which is not open")
      }
      handle.record.mark(OpenRecord.waited)
      guard isWaiting else {
        fold.waiting.note(sequence, timeToLive: timeToLive)
        continue
      }
      handle.record.setOpen(false)
      handle.record.mark(OpenRecord.waits)
      fold.waiting.join(ordinal, handle.record, timeToLive: timeToLive)
    }
  }

  private mutating func readRecipes(into fold: inout Fold) throws(MalformedBytes) {
    for _ in 0..<(try count(fold.items.count)) {
      let made = try item(fold)
      let hasOwnStock = try bytes.u8() == 1
      var parts: [(item: Int, quantity: Int64)] = []
      for _ in 0..<(try count(Limits.maxLinesPerEvent)) { parts.append((try item(fold), try number())) }
      fold.items.setRecipe(made, ItemRecipes.Recipe(parts: parts, hasOwnStock: hasOwnStock))
    }
  }
}
