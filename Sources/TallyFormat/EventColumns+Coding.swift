/// Between columns in memory and the payload of a frame: `Payload` in the format document.
extension EventColumns {
  /// Appends the payload to `out`.
  ///
  /// - Parameters:
  ///   - body, scratch: memory reused between calls: fresh memory for every frame costs more than the encoding.
  public func encode(into out: inout ByteWriter, body: inout ByteWriter, scratch: inout [UInt64]) {
    body.bytes.removeAll(keepingCapacity: true)
    body.varint(firstSequence)
    body.varint(UInt64(count))
    body.varint(UInt64(times.first ?? 0))
    func column<T>(_ values: [T], _ number: (T) -> UInt64) {
      scratch.removeAll(keepingCapacity: true)
      for value in values { scratch.append(number(value)) }
      scratch.withUnsafeBufferPointer { PackedColumn.encode($0, into: &body) }
    }
    column(kinds) { UInt64($0) }
    var previous = times.first ?? 0
    column(times) { time in
      defer { previous = time }
      return UInt64(time - previous)
    }
    func references(_ values: [UInt64]) {
      var before = firstSequence
      scratch.removeAll(keepingCapacity: true)
      for value in values {
        scratch.append(zigzag(Int64(bitPattern: value &- before)))
        before = value
      }
      body.varint(scratch[0])
      scratch.withUnsafeBufferPointer { PackedColumn.encode(UnsafeBufferPointer(rebasing: $0[1...]), into: &body) }
    }
    if registered.skus.count > 0 {
      registered.skus.encode(into: &body)
      registered.locations.encode(into: &body)
    }
    func movements(_ group: Movements) {
      guard group.lines.count > 0 else { return }
      group.lines.encode(into: &body, scratch: &scratch)
      group.references.encode(into: &body)
      group.keys.encode(into: &body)
    }
    movements(received)
    if reserved.ids.count > 0 {
      reserved.ids.encode(into: &body)
      reserved.lines.encode(into: &body, scratch: &scratch)
      reserved.customers.encode(into: &body)
      column(reserved.timesToLive) { $0 }
    }
    if !committed.references.isEmpty {
      references(committed.references)
      committed.lines.encode(into: &body, scratch: &scratch)
      committed.keys.encode(into: &body)
    }
    if !released.references.isEmpty {
      references(released.references)
      released.lines.encode(into: &body, scratch: &scratch)
      column(released.byAdjust) { $0 ? 1 : 0 }
      released.keys.encode(into: &body)
    }
    if !expired.isEmpty { references(expired) }
    movements(returned)
    if !adjusted.items.isEmpty {
      column(adjusted.items) { UInt64($0.rawValue) }
      column(adjusted.isTo) { $0 ? 1 : 0 }
      column(adjusted.changes) { zigzag($0) }
      adjusted.reasons.encode(into: &body)
      column(adjusted.policies) { UInt64($0) }
      adjusted.keys.encode(into: &body)
    }
    if !transferred.from.isEmpty {
      column(transferred.from) { UInt64($0.rawValue) }
      column(transferred.to) { UInt64($0.rawValue) }
      column(transferred.quantities) { UInt64(bitPattern: $0) }
      transferred.keys.encode(into: &body)
    }
    if !limits.items.isEmpty {
      column(limits.items) { UInt64($0.rawValue) }
      column(limits.limitsPlusOne) { $0 }
      limits.keys.encode(into: &body)
    }
    if !batches.ends.isEmpty {
      batches.keys.encode(into: &body)
      var begin: UInt32 = 0
      column(batches.ends) { end in
        defer { begin = end }
        return UInt64(end - begin)
      }
      scratch.removeAll(keepingCapacity: true)
      var cursor = Cursor()
      while let row = next(&cursor) {
        guard row.kind == .batch else { continue }
        for result in batches.results(row.ordinal) {
          scratch.append((row.sequence &- result.sequence) << 1 | (result.isRepeat ? 1 : 0))
        }
      }
      scratch.withUnsafeBufferPointer { PackedColumn.encode($0, into: &body) }
    }
    out.varint(UInt64(body.bytes.count))
    out.raw(body.bytes)
  }

  /// The columns of a payload.
  ///
  /// Memory is bounded by the format's limits: at most 2^18 events and 2^20 lines, about 60 MB, however few bytes claim
  /// them. - Throws: ``MalformedBytes`` for anything but a version 1 payload; never traps.
  public static func decode(_ payload: UnsafeRawBufferPointer) throws(MalformedBytes) -> EventColumns {
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
    var columns = EventColumns(firstSequence: first)
    var time = try timeValue(try reader.varint())
    var totals = [Int](repeating: 0, count: EventKind.allCases.count + 1)
    columns.kinds.reserveCapacity(count)
    try PackedColumn.decode(count, from: &reader) { (_, value) throws(MalformedBytes) in
      guard value < 24, value >= 2 else { throw MalformedBytes("unknown kind of event \(value >> 1)") }
      columns.kinds.append(UInt8(value))
      totals[Int(value >> 1)] += 1
    }
    guard columns.kinds[count - 1] & 1 == 0 else { throw MalformedBytes("the last step does not end in this frame") }
    columns.times.reserveCapacity(count)
    try PackedColumn.decode(count, from: &reader) { (index, step) throws(MalformedBytes) in
      guard index > 0 || step == 0 else { throw MalformedBytes("the first time step is not 0") }
      time = try timeValue(UInt64(time) + step)
      columns.times.append(time)
    }
    var lineBudget = Limits.maxLinesPerFrame
    try columns.decodeGroups(totals, lineBudget: &lineBudget, from: &reader)
    guard reader.remaining == 0 else { throw MalformedBytes("\(reader.remaining) bytes after the last group") }
    return columns
  }

  private static func timeValue(_ value: UInt64) throws(MalformedBytes) -> Int64 {
    guard value <= UInt64(Limits.maxQuantity) else { throw MalformedBytes("time \(value) is too large") }
    return Int64(value)
  }

  private mutating func decodeGroups(
    _ totals: [Int], lineBudget: inout Int, from reader: inout ByteReader
  ) throws(MalformedBytes) {
    func total(_ kind: EventKind) -> Int { totals[Int(kind.rawValue)] }
    var n = total(.itemRegistered)
    if n > 0 {
      registered.skus = try StringColumn.decode(n, maximum: Limits.maxNameBytes, from: &reader)
      registered.locations = try StringColumn.decode(n, maximum: Limits.maxNameBytes, from: &reader)
    }
    received = try Movements.decode(total(.received), budget: &lineBudget, from: &reader)
    n = total(.reserved)
    if n > 0 {
      reserved.ids = try StringColumn.decode(n, maximum: Limits.maxNameBytes, from: &reader)
      reserved.lines = try LineColumn.decode(n, minimum: 1, budget: &lineBudget, from: &reader)
      reserved.customers = try StringColumn.decode(n, maximum: Limits.maxNameBytes, from: &reader)
      reserved.timesToLive = try numbers(n, below: UInt64(Limits.maxQuantity) + 1, from: &reader) { $0 }
    }
    n = total(.committed)
    if n > 0 {
      committed.references = try references(n, from: &reader)
      committed.lines = try LineColumn.decode(n, minimum: 0, budget: &lineBudget, from: &reader)
      committed.keys = try KeyColumn.decode(n, from: &reader)
    }
    n = total(.released)
    if n > 0 {
      released.references = try references(n, from: &reader)
      released.lines = try LineColumn.decode(n, minimum: 0, budget: &lineBudget, from: &reader)
      released.byAdjust = try numbers(n, below: 2, from: &reader) { $0 == 1 }
      released.keys = try KeyColumn.decode(n, from: &reader)
    }
    n = total(.expired)
    if n > 0 { expired = try references(n, from: &reader) }
    returned = try Movements.decode(total(.returned), budget: &lineBudget, from: &reader)
    n = total(.adjusted)
    if n > 0 {
      adjusted.items = try numbers(n, below: 1 << 32, from: &reader) { ItemNumber(UInt32($0)) }
      adjusted.isTo = try numbers(n, below: 2, from: &reader) { $0 == 1 }
      adjusted.changes = try numbers(n, below: 1 << 56, from: &reader) { unzigzag($0) }
      adjusted.reasons = try StringColumn.decode(n, maximum: Limits.maxTextBytes, from: &reader)
      adjusted.policies = try numbers(n, below: 3, from: &reader) { UInt8($0) }
      adjusted.keys = try KeyColumn.decode(n, from: &reader)
    }
    n = total(.transferred)
    if n > 0 {
      transferred.from = try numbers(n, below: 1 << 32, from: &reader) { ItemNumber(UInt32($0)) }
      transferred.to = try numbers(n, below: 1 << 32, from: &reader) { ItemNumber(UInt32($0)) }
      transferred.quantities = try numbers(n, below: 1 << 56, from: &reader) { Int64($0) }
      transferred.keys = try KeyColumn.decode(n, from: &reader)
    }
    n = total(.limitSet)
    if n > 0 {
      limits.items = try numbers(n, below: 1 << 32, from: &reader) { ItemNumber(UInt32($0)) }
      limits.limitsPlusOne = try numbers(n, below: UInt64(Limits.maxQuantity) + 2, from: &reader) { $0 }
      limits.keys = try KeyColumn.decode(n, from: &reader)
    }
    try decodeBatches(total(.batch), from: &reader)
  }

  private mutating func decodeBatches(_ n: Int, from reader: inout ByteReader) throws(MalformedBytes) {
    guard n > 0 else { return }
    batches.keys = try KeyColumn.decode(n, from: &reader)
    var total = 0
    batches.ends = try numbers(n, below: UInt64(Limits.maxBatchCommands) + 1, from: &reader) { length in
      total += Int(length)
      return UInt32(truncatingIfNeeded: total)
    }
    // Results are bounded like lines, so that a few bytes cannot claim gigabytes.
    guard total <= Limits.maxLinesPerFrame else { throw MalformedBytes("\(total) results of batches") }
    let raw = try numbers(total, below: 1 << 56, from: &reader) { $0 }
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

  private func references(_ n: Int, from reader: inout ByteReader) throws(MalformedBytes) -> [UInt64] {
    var values = [UInt64]()
    values.reserveCapacity(n)
    var reference = Int64(firstSequence)
    func add(_ step: UInt64) throws(MalformedBytes) {
      reference += unzigzag(step)
      guard reference >= 1, reference <= Limits.maxQuantity else { throw MalformedBytes("a reference to \(reference)") }
      values.append(UInt64(reference))
    }
    try add(try reader.varint())
    try PackedColumn.decode(n - 1, from: &reader) { (_, step) throws(MalformedBytes) in try add(step) }
    return values
  }
}

extension EventColumns.Movements {
  static func decode(
    _ n: Int, budget: inout Int, from reader: inout ByteReader
  ) throws(MalformedBytes) -> EventColumns.Movements {
    var group = EventColumns.Movements()
    guard n > 0 else { return group }
    group.lines = try LineColumn.decode(n, minimum: 1, budget: &budget, from: &reader)
    group.references = try StringColumn.decode(n, maximum: Limits.maxTextBytes, from: &reader)
    group.keys = try KeyColumn.decode(n, from: &reader)
    return group
  }
}

private func numbers<T>(
  _ n: Int, below bound: UInt64, from reader: inout ByteReader, _ convert: (UInt64) -> T
) throws(MalformedBytes) -> [T] {
  var values = [T]()
  values.reserveCapacity(n)
  try PackedColumn.decode(n, from: &reader) { (_, value) throws(MalformedBytes) in
    guard value < bound else { throw MalformedBytes("value \(value) where less than \(bound) is due") }
    values.append(convert(value))
  }
  return values
}
