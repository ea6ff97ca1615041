import TallyFormat

/// `State: canonical form and digest` in the format document, in parts that several threads can write at a time.
struct CanonicalState {
  /// What a part has: some items, then the reservations of some blocks. The first begins with what comes before the
  /// items, the last ends with the customers' counts.
  private struct Part {
    var items: Range<Int>
    var blocks: Range<Int>
    /// The first that has reservations has their number before them.
    var beginsReservations = false
    var isLast = false
  }

  /// Items, or open reservations, of a part: little enough that a part is hashed out of a cache.
  private static let partSize = 8192

  private var parts: [Part] = []

  /// Hands the fold's state to the hasher. Costs a walk over all items, open reservations and counts.
  ///
  /// - Returns: where its digest will be: see ``StateHasher/digests()``.
  static func pass(_ fold: borrowing Fold, to hasher: StateHasher) -> Int {
    let state = CanonicalState(fold)
    return hasher.pass(parts: state.parts.count) { state.write($0, of: fold, to: $1) }
  }

  private init(_ fold: borrowing Fold) {
    for start in stride(from: 0, to: fold.items.count, by: Self.partSize) {
      parts.append(Part(items: start..<min(start + Self.partSize, fold.items.count), blocks: 0..<0))
    }
    let firstOfReservations = parts.count
    var (begin, open) = (0, 0)
    for block in 0..<fold.open.blockCount {
      open += fold.open.count(inBlock: block)
      guard open >= Self.partSize || block == fold.open.blockCount - 1 else { continue }
      parts.append(Part(items: 0..<0, blocks: begin..<(block + 1)))
      (begin, open) = (block + 1, 0)
    }
    if parts.count == firstOfReservations { parts.append(Part(items: 0..<0, blocks: 0..<0)) }
    parts[firstOfReservations].beginsReservations = true
    parts[parts.count - 1].isLast = true
  }

  private func write(_ index: Int, of fold: borrowing Fold, to bytes: StateBytes) {
    var out = StateBytes.Writer(bytes)
    let part = parts[index]
    if index == 0 {
      Array("tallystick-state-2\n".utf8).withUnsafeBytes { out.bytes($0) }
      out.varint(fold.lastSequence)
      out.varint(fold.lastTime)
      out.varint(UInt64(fold.items.count))
    }
    CanonicalState.write(part.items, of: fold.items, to: &out)
    if part.beginsReservations { out.varint(UInt64(fold.open.count)) }
    CanonicalState.write(part.blocks, of: fold.open, to: &out)
    if part.isLast { CanonicalState.write(fold.counts, to: &out) }
  }

  private static func write(_ numbers: Range<Int>, of items: borrowing ItemTable, to out: inout StateBytes.Writer) {
    for number in numbers {
      items.withNames(number) { out.bytes($0) }
      let stock = items.stock[number]
      out.varint(stock.onHand)
      out.varint(stock.held)
      out.varint(stock.lastChange)
      let limit = items.limits[number]
      out.varint(limit.plusOne)
      out.varint(limit.since)
    }
  }

  private static func write(
    _ blocks: Range<Int>, of open: borrowing OpenReservations, to out: inout StateBytes.Writer
  ) {
    var previous: (sequence: UInt64, time: Int64) = (0, 0)
    if let last = open.last(beforeBlock: blocks.lowerBound) { previous = (last.sequence, last.time) }
    open.visit(blocks: blocks) { record in
      let (sequence, time) = (record.sequence, record.time)
      write(record, sequence &- previous.sequence, time &- previous.time, to: &out)
      previous = (sequence, time)
    }
  }

  @inline(__always)
  private static func write(
    _ record: OpenRecord, _ sequenceStep: UInt64, _ timeStep: Int64, to out: inout StateBytes.Writer
  ) {
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
    out.varint(sequenceStep)
    out.varint(timeStep)
    var parts = record.flags
    if expires != 0 { parts |= 4 }
    if !customer.isEmpty { parts |= 8 }
    if uuid != nil { parts |= 16 }
    if lineCount != 1 { parts |= 32 }
    if isSettled { parts |= 64 }
    out.byte(parts)
    if let (high, low) = uuid {
      let start = out.claim(16)
      start.storeBytes(of: high.bigEndian, as: UInt64.self)
      start.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    } else {
      out.name(UnsafeRawBufferPointer(id))
    }
    if expires != 0 { out.varint(expires &- time) }
    if !customer.isEmpty { out.name(customer) }
    if lineCount != 1 { out.varint(UInt64(lineCount)) }
    for index in 0..<lineCount {
      let line = record.line(index)
      out.varint(UInt64(truncatingIfNeeded: line.item))
      out.varint(line.reserved)
      if isSettled { out.varint(line.open) }
    }
  }

  private static func write(_ counts: CustomerCounts, to out: inout StateBytes.Writer) {
    let counts = counts.sorted
    out.varint(UInt64(counts.count))
    for (item, customer, count) in counts {
      out.varint(UInt64(truncatingIfNeeded: item))
      customer.bytes.withUnsafeBytes { out.name($0) }
      out.varint(count)
    }
  }
}
