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
    var lineBudget = Limits.maxLinesPerFrame
    try refillGroups(totals, lineBudget: &lineBudget, from: &reader)
    guard reader.remaining == 0 else { throw MalformedBytes("\(reader.remaining) bytes after the last group") }
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
    guard seen.low >= 2, seen.high < 24 else {
      throw MalformedBytes("unknown kind of event \(seen.low < 2 ? seen.low >> 1 : seen.high >> 1)")
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

  private mutating func refillGroups(
    _ totals: Totals, lineBudget: inout Int, from reader: inout ByteReader
  ) throws(MalformedBytes) {
    func total(_ kind: EventKind) -> Int { totals[Int(kind.rawValue)] }
    let names = Limits.maxNameBytes
    var n = total(.itemRegistered)
    if n > 0 {
      try registered.skus.refill(n, maximum: names, from: &reader)
      try registered.locations.refill(n, maximum: names, from: &reader)
    }
    try received.refill(total(.received), budget: &lineBudget, from: &reader)
    n = total(.reserved)
    if n > 0 {
      try reserved.ids.refill(n, maximum: names, from: &reader)
      try reserved.lines.refill(n, minimum: 1, budget: &lineBudget, from: &reader)
      try reserved.customers.refill(n, maximum: names, from: &reader)
      let longest = UInt64(Limits.maxQuantity)
      try PackedColumn.decode(n, below: longest + 1, into: &reserved.timesToLive, filler: 0, from: &reader) { $0 }
    }
    n = total(.committed)
    if n > 0 {
      try refillReferences(&committed.references, n, from: &reader)
      try committed.lines.refill(n, minimum: 0, budget: &lineBudget, from: &reader)
      try committed.keys.refill(n, from: &reader)
    }
    n = total(.released)
    if n > 0 {
      try refillReferences(&released.references, n, from: &reader)
      try released.lines.refill(n, minimum: 0, budget: &lineBudget, from: &reader)
      try PackedColumn.decode(n, below: 2, into: &released.byAdjust, filler: false, from: &reader) { $0 == 1 }
      try released.keys.refill(n, from: &reader)
    }
    n = total(.expired)
    if n > 0 { try refillReferences(&expired, n, from: &reader) }
    try returned.refill(total(.returned), budget: &lineBudget, from: &reader)
    try adjusted.refill(total(.adjusted), from: &reader)
    try transferred.refill(total(.transferred), from: &reader)
    n = total(.limitSet)
    if n > 0 {
      let largest = UInt64(Limits.maxQuantity) + 1
      try refillItems(&limits.items, n, from: &reader)
      try PackedColumn.decode(n, below: largest + 1, into: &limits.limitsPlusOne, filler: 0, from: &reader) { $0 }
      try limits.keys.refill(n, from: &reader)
    }
    try refillBatches(total(.batch), from: &reader)
  }

  private mutating func refillBatches(_ n: Int, from reader: inout ByteReader) throws(MalformedBytes) {
    guard n > 0 else { return }
    try batches.keys.refill(n, from: &reader)
    var total = 0
    let longest = UInt64(Limits.maxBatchCommands)
    try PackedColumn.decode(n, below: longest + 1, into: &batches.ends, filler: 0, from: &reader) { length in
      total &+= Int(truncatingIfNeeded: length)
      return UInt32(truncatingIfNeeded: total)
    }
    // Results are bounded like lines, so that a few bytes cannot claim gigabytes.
    guard total <= Limits.maxLinesPerFrame else { throw MalformedBytes("\(total) results of batches") }
    var raw = [UInt64]()
    try PackedColumn.decode(total, below: 1 << 56, into: &raw, filler: 0, from: &reader) { $0 }
    batches.results.reserveCapacity(total)
    var cursor = Cursor()
    while let row = next(&cursor) {
      guard row.kind == .batch else { continue }
      let begin = row.ordinal == 0 ? 0 : Int(batches.ends[row.ordinal - 1])
      for value in raw[begin..<Int(batches.ends[row.ordinal])] {
        guard value >> 1 < row.sequence else { throw MalformedBytes("a batch's result before the first event") }
        batches.results.append(BatchResult(sequence: row.sequence - (value >> 1), isRepeat: value & 1 == 1))
      }
    }
  }

  private func refillReferences(
    _ values: inout [UInt64], _ n: Int, from reader: inout ByteReader
  ) throws(MalformedBytes) {
    values.resize(to: n, filler: 0)
    var reference = Int64(bitPattern: firstSequence) &+ unzigzag(try reader.varint())
    // Each sum is looked at before the next is added, so none wraps unseen.
    var isRight = EventColumns.isReference(reference)
    values[0] = UInt64(bitPattern: reference)
    try values.withUnsafeMutableBufferPointer { values throws(MalformedBytes) in
      _ = try PackedColumn.decode(n - 1, from: &reader) { index, step in
        reference &+= unzigzag(step)
        isRight = isRight && EventColumns.isReference(reference)
        values[index + 1] = UInt64(bitPattern: reference)
      }
    }
    guard isRight else { throw MalformedBytes("a reference to no event") }
  }

  private static func isReference(_ value: Int64) -> Bool { value >= 1 && value <= Limits.maxQuantity }
}

private func refillItems(_ items: inout [ItemNumber], _ n: Int, from reader: inout ByteReader) throws(MalformedBytes) {
  try PackedColumn.decode(n, below: 1 << 32, into: &items, filler: ItemNumber(0), from: &reader) {
    ItemNumber(UInt32(truncatingIfNeeded: $0))
  }
}

extension EventColumns.Movements {
  fileprivate mutating func refill(
    _ n: Int, budget: inout Int, from reader: inout ByteReader
  ) throws(MalformedBytes) {
    guard n > 0 else { return }
    try lines.refill(n, minimum: 1, budget: &budget, from: &reader)
    try references.refill(n, maximum: Limits.maxTextBytes, from: &reader)
    try keys.refill(n, from: &reader)
  }
}

extension EventColumns.Adjustments {
  fileprivate mutating func refill(_ n: Int, from reader: inout ByteReader) throws(MalformedBytes) {
    guard n > 0 else { return }
    try refillItems(&items, n, from: &reader)
    try PackedColumn.decode(n, below: 2, into: &isTo, filler: false, from: &reader) { $0 == 1 }
    try PackedColumn.decode(n, below: 1 << 56, into: &changes, filler: 0, from: &reader) { unzigzag($0) }
    try reasons.refill(n, maximum: Limits.maxTextBytes, from: &reader)
    try PackedColumn.decode(n, below: 3, into: &policies, filler: 0, from: &reader) { UInt8(truncatingIfNeeded: $0) }
    try keys.refill(n, from: &reader)
  }
}

extension EventColumns.Transfers {
  fileprivate mutating func refill(_ n: Int, from reader: inout ByteReader) throws(MalformedBytes) {
    guard n > 0 else { return }
    try refillItems(&from, n, from: &reader)
    try refillItems(&to, n, from: &reader)
    try PackedColumn.decode(n, below: 1 << 56, into: &quantities, filler: 0, from: &reader) {
      Int64(truncatingIfNeeded: $0)
    }
    try keys.refill(n, from: &reader)
  }
}
