/// From the payload of a frame to columns in memory: `Payload` in the format document.
extension EventColumns {
  /// The columns of a payload; see ``refill(from:)``.
  public static func decode(_ payload: UnsafeRawBufferPointer) throws(MalformedBytes) -> EventColumns {
    var columns = EventColumns(firstSequence: 1)
    try columns.refill(from: payload)
    return columns
  }

  /// Replaces the contents by those of a payload, in the memory that the columns have: fresh memory for every frame
  /// costs more than the decoding.
  ///
  /// Memory is bounded by the format's limits: at most 2^18 events and 2^20 lines, about 60 MB, however few bytes claim
  /// them.
  ///
  /// - Throws: ``MalformedBytes`` for anything but a version 1 payload; never traps. What the columns hold then means
  ///   nothing.
  public mutating func refill(from payload: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(payload)
    let length = try reader.varint()
    guard length == UInt64(reader.remaining) else {
      throw MalformedBytes("says it has \(length) bytes and has \(reader.remaining)")
    }
    let first = try reader.varint()
    guard first >= 1, first <= UInt64(Limits.maxQuantity) else { throw MalformedBytes("sequence number \(first)") }
    let count64 = try reader.varint()
    guard count64 >= 1, count64 <= UInt64(Limits.maxEventsPerFrame) else { throw MalformedBytes("\(count64) events") }
    let count = Int(count64)
    let time = try reader.varint()
    reset(firstSequence: first)
    let totals = try refillKinds(count, from: &reader)
    try refillTimes(count, first: time, from: &reader)
    var lineBudget = try refillGroups(totals, from: &reader)
    try refillSupplements(&lineBudget, from: &reader)
  }

  /// What stands behind the groups: each part at most once, in the order of their numbers.
  private mutating func refillSupplements(
    _ lineBudget: inout Int, from reader: inout ByteReader
  ) throws(MalformedBytes) {
    var last: UInt8 = 0
    while reader.remaining > 0 {
      let number = try reader.u8()
      guard number > last else { throw MalformedBytes("\(reader.remaining + 1) bytes after the last group") }
      switch number {
      case EffectiveTimes.number: try effective.refill(kinds, from: &reader)
      case AskedCarts.number: try asked.refill(kinds, budget: &lineBudget, from: &reader)
      default: throw MalformedBytes("unknown bytes after the last group")
      }
      last = number
    }
  }

  /// Events of each kind, by the kind's number.
  private typealias Totals = [32 of Int]

  private mutating func refillKinds(_ count: Int, from reader: inout ByteReader) throws(MalformedBytes) -> Totals {
    kinds.resize(to: count, filler: 0)
    var totals = Totals(repeating: 0)
    let seen = try kinds.withUnsafeMutableBufferPointer { kinds throws(MalformedBytes) in
      try PackedColumn.decode(count, from: &reader) { index, value in
        kinds[index] = UInt8(truncatingIfNeeded: value)
        totals[Int(value >> 1 & 31)] += 1
      }
    }
    guard seen.high >> 1 < 32 else { throw MalformedBytes("unknown kind of event \(seen.high >> 1)") }
    for kind in 0..<32 where totals[kind] > 0 && EventKind.numbers >> UInt32(kind) & 1 == 0 {
      throw MalformedBytes("unknown kind of event \(kind)")
    }
    guard kinds[count - 1] & 1 == 0 else { throw MalformedBytes("the last step does not end in this frame") }
    return totals
  }

  private mutating func refillTimes(
    _ count: Int, first: UInt64, from reader: inout ByteReader
  ) throws(MalformedBytes) {
    times.resize(to: count, filler: 0)
    let largest = UInt64(Limits.maxQuantity)
    var time = first
    let seen = try times.withUnsafeMutableBufferPointer { times throws(MalformedBytes) in
      try PackedColumn.decode(count, from: &reader) { index, step in
        time &+= step
        times[index] = Int64(truncatingIfNeeded: time)
      }
    }
    // The largest sum of 2^18 steps below 2^45 and a first time below 2^53 is below 2^64; longer steps are looked at singly.
    guard first <= largest, time <= largest,
      seen.high >> 45 == 0 || times.allSatisfy({ (0...Int64(largest)).contains($0) })
    else { throw MalformedBytes("a time is too large") }
    guard UInt64(times[0]) == first else { throw MalformedBytes("the first time step is not 0") }
  }

  /// - Returns: lines that the frame may still have.
  private mutating func refillGroups(_ totals: Totals, from reader: inout ByteReader) throws(MalformedBytes) -> Int {
    let batches = totals[Int(EventKind.batch.rawValue)] == 0 ? [] : sequences(of: .batch)
    let movements =
      totals[Int(EventKind.transferredWith.rawValue)] == 0 ? [] : sequences(of: .transferredWith)
    var decoder = ColumnDecoder(
      reader: reader, firstSequence: firstSequence, batches: batches, movements: movements)
    for kind in EventKind.ordered where totals[Int(kind.rawValue)] > 0 {
      decoder.count = totals[Int(kind.rawValue)]
      try changeColumns(of: kind, &decoder)
    }
    reader = decoder.reader
    return decoder.lineBudget
  }
}

/// Replaces the contents of columns by what a payload has for them; keeps the memory.
private struct ColumnDecoder: ColumnVisitor {
  var reader: ByteReader
  let firstSequence: UInt64
  /// The batches' sequence numbers.
  let batches: [UInt64]
  /// The sequence numbers of transfers that holds go with.
  let movements: [UInt64]
  /// Rows of the group, at least one.
  var count = 0
  /// Lines that the frame may still have.
  var lineBudget = Limits.maxLinesPerFrame

  init(reader: ByteReader, firstSequence: UInt64, batches: [UInt64], movements: [UInt64]) {
    self.reader = reader
    self.firstSequence = firstSequence
    self.batches = batches
    self.movements = movements
  }

  mutating func visit(_ column: inout StringColumn, _ role: TextRole) throws(MalformedBytes) {
    try column.refill(count, maximum: role.maximumBytes, from: &reader)
  }

  mutating func visit(_ column: inout LineColumn, atLeast minimum: UInt64) throws(MalformedBytes) {
    try column.refill(count, minimum: minimum, budget: &lineBudget, from: &reader)
  }

  mutating func visit(_ column: inout KeyColumn) throws(MalformedBytes) {
    try column.refill(count, from: &reader)
  }

  mutating func visit<F: NumberForm>(_ column: inout [F.Value], _ form: F.Type) throws(MalformedBytes) {
    try PackedColumn.decode(count, below: F.bound, into: &column, filler: F.filler, from: &reader) { F.value($0) }
  }

  mutating func visit(references column: inout [UInt64]) throws(MalformedBytes) {
    column.resize(to: count, filler: 0)
    var reference = Int64(bitPattern: firstSequence) &+ unzigzag(try reader.varint())
    // Each sum is looked at before the next is added, so none wraps unseen.
    var isRight = ColumnDecoder.isReference(reference)
    column[0] = UInt64(bitPattern: reference)
    let count = count
    try column.withUnsafeMutableBufferPointer { values throws(MalformedBytes) in
      _ = try PackedColumn.decode(count - 1, from: &reader) { index, step in
        reference &+= unzigzag(step)
        isRight = isRight && ColumnDecoder.isReference(reference)
        values[index + 1] = UInt64(bitPattern: reference)
      }
    }
    guard isRight else { throw MalformedBytes("a reference to no event") }
  }

  private static func isReference(_ value: Int64) -> Bool { value >= 1 && value <= Limits.maxQuantity }

  mutating func visit(_ column: inout ResultColumn) throws(MalformedBytes) {
    try column.refill(of: batches, from: &reader)
  }

  mutating func visit(_ column: inout HoldColumn, of kind: EventKind) throws(MalformedBytes) {
    try column.refill(of: movements, budget: &lineBudget, from: &reader)
  }
}
