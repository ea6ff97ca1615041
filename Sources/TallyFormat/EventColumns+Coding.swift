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
}
