/// Between columns in memory and the payload of a frame: `Payload` in the format document.
extension EventColumns {
  /// Appends the payload to `out`.
  ///
  /// - Parameter body: memory reused between calls: fresh memory for every frame costs more than the encoding.
  public func encode(into out: inout ByteWriter, body: inout ByteWriter) {
    body.bytes.removeAll(keepingCapacity: true)
    body.varint(firstSequence)
    body.varint(UInt64(count))
    body.varint(UInt64(times.first ?? 0))
    func column<T>(_ values: [T], _ number: (T) -> UInt64) {
      values.withUnsafeBufferPointer { values in
        PackedColumn.encode(values.count, into: &body) { number(values[$0]) }
      }
    }
    column(kinds) { UInt64($0) }
    times.withUnsafeBufferPointer { times in
      PackedColumn.encode(times.count, into: &body) { $0 == 0 ? 0 : UInt64(bitPattern: times[$0] &- times[$0 - 1]) }
    }
    func references(_ values: [UInt64]) {
      values.withUnsafeBufferPointer { values in
        body.varint(zigzag(Int64(bitPattern: values[0] &- firstSequence)))
        PackedColumn.encode(values.count - 1, into: &body) {
          zigzag(Int64(bitPattern: values[$0 + 1] &- values[$0]))
        }
      }
    }
    if registered.skus.count > 0 {
      registered.skus.encode(into: &body)
      registered.locations.encode(into: &body)
    }
    func movements(_ group: Movements) {
      guard group.lines.count > 0 else { return }
      group.lines.encode(into: &body)
      group.references.encode(into: &body)
      group.keys.encode(into: &body)
    }
    movements(received)
    if reserved.ids.count > 0 {
      reserved.ids.encode(into: &body)
      reserved.lines.encode(into: &body)
      reserved.customers.encode(into: &body)
      column(reserved.timesToLive) { $0 }
    }
    if !committed.references.isEmpty {
      references(committed.references)
      committed.lines.encode(into: &body)
      committed.keys.encode(into: &body)
    }
    if !released.references.isEmpty {
      references(released.references)
      released.lines.encode(into: &body)
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
      PackedColumn.encodeLengths(batches.ends, into: &body)
      column(batchResults) { $0 }
    }
    out.varint(UInt64(body.bytes.count))
    out.raw(body.bytes)
  }

  /// What the batches' commands were answered: how far back the event is, and whether it was a repeat.
  private var batchResults: [UInt64] {
    var results = [UInt64]()
    var cursor = Cursor()
    while let row = next(&cursor) {
      guard row.kind == .batch else { continue }
      for result in batches.results(row.ordinal) {
        results.append((row.sequence &- result.sequence) << 1 | (result.isRepeat ? 1 : 0))
      }
    }
    return results
  }
}
