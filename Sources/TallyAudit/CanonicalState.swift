import TallyFormat

/// `State: canonical form and digest` in the format document, written piece by piece into the hash.
struct CanonicalState: ~Copyable {
  private static let pieceBytes = 1 << 16
  /// More than the longest single claim: a name.
  private static let slack = 512

  private let hasher: StateHasher
  private let piece = UnsafeMutableRawPointer.allocate(byteCount: pieceBytes + slack, alignment: 8)
  private var used = 0

  private init(_ hasher: StateHasher) { self.hasher = hasher }
  deinit { piece.deallocate() }

  /// Hands the fold's state to the hasher. Costs a walk over all items, open reservations and counts.
  ///
  /// - Returns: where its digest will be: see ``StateHasher/digests()``.
  static func pass(_ fold: borrowing Fold, to hasher: StateHasher) -> Int {
    var writer = CanonicalState(hasher)
    writer.write(fold)
    writer.flush()
    return hasher.endState()
  }

  private mutating func write(_ fold: borrowing Fold) {
    bytes(Array("tallystick-state-2\n".utf8))
    varint(fold.lastSequence)
    varint(fold.lastTime)
    writeItems(fold.items)
    writeReservations(fold.open)
    let counts = fold.counts.sorted
    varint(UInt64(counts.count))
    for (item, customer, count) in counts {
      varint(UInt64(truncatingIfNeeded: item))
      customer.bytes.withUnsafeBytes { name($0) }
      varint(count)
    }
  }

  private mutating func writeItems(_ items: borrowing ItemTable) {
    varint(UInt64(items.count))
    for number in 0..<items.count {
      items.withNames(number) { bytes($0) }
      let stock = items.stock[number]
      varint(stock.onHand)
      varint(stock.held)
      varint(stock.lastChange)
      let limit = items.limits[number]
      varint(limit.plusOne)
      varint(limit.since)
    }
  }

  private mutating func writeReservations(_ open: borrowing OpenReservations) {
    varint(UInt64(open.count))
    var previous: (sequence: UInt64, time: Int64) = (0, 0)
    open.visit { record in
      let (sequence, time) = (record.sequence, record.time)
      write(record, sequence &- previous.sequence, time &- previous.time)
      previous = (sequence, time)
    }
  }

  @inline(__always)
  private mutating func write(_ record: OpenRecord, _ sequenceStep: UInt64, _ timeStep: Int64) {
    let id = record.id.assumingMemoryBound(to: UInt8.self)
    let uuid = UUIDText.parse(id)
    let customer = record.customer
    let (time, expires) = (record.time, record.expires)
    let lineCount = record.lineCount
    var isSettled = false
    for index in 0..<lineCount {
      let line = record.line(index)
      if line.open != line.reserved { isSettled = true }
    }
    varint(sequenceStep)
    varint(timeStep)
    var parts = record.flags
    if expires != 0 { parts |= 4 }
    if !customer.isEmpty { parts |= 8 }
    if uuid != nil { parts |= 16 }
    if lineCount != 1 { parts |= 32 }
    if isSettled { parts |= 64 }
    claim(1).storeBytes(of: parts, as: UInt8.self)
    if let (high, low) = uuid {
      let start = claim(16)
      start.storeBytes(of: high.bigEndian, as: UInt64.self)
      start.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    } else {
      name(UnsafeRawBufferPointer(id))
    }
    if expires != 0 { varint(expires &- time) }
    if !customer.isEmpty { name(customer) }
    if lineCount != 1 { varint(UInt64(lineCount)) }
    for index in 0..<lineCount {
      let line = record.line(index)
      varint(UInt64(truncatingIfNeeded: line.item))
      varint(line.reserved)
      if isSettled { varint(line.open) }
    }
  }

  // MARK: - Bytes

  /// Room for the next bytes, at most ``slack``.
  @inline(__always)
  private mutating func claim(_ count: Int) -> UnsafeMutableRawPointer {
    if used >= Self.pieceBytes { flush() }
    precondition(count <= Self.slack, "a name of \(count) bytes in a state")
    defer { used += count }
    return piece + used
  }

  @inline(__always)
  private mutating func varint(_ value: UInt64) {
    var next = claim(0)
    var rest = value
    while rest >= 0x80 {
      next.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      next += 1
      rest &>>= 7
    }
    next.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    used = next + 1 - piece
  }

  /// What a forged log made negative still has a canonical form, if a meaningless one: of 64 bits.
  @inline(__always)
  private mutating func varint(_ value: Int64) { varint(UInt64(bitPattern: value)) }

  private mutating func name(_ bytes: UnsafeRawBufferPointer) {
    claim(1).storeBytes(of: UInt8(truncatingIfNeeded: bytes.count), as: UInt8.self)
    self.bytes(bytes)
  }

  @inline(__always)
  private mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
    if let base = bytes.baseAddress { claim(bytes.count).copyMemory(from: base, byteCount: bytes.count) }
  }
  private mutating func bytes(_ bytes: [UInt8]) { bytes.withUnsafeBytes { self.bytes($0) } }

  private mutating func flush() {
    if used > 0 { hasher.update(UnsafeRawBufferPointer(start: piece, count: used)) }
    used = 0
  }
}
