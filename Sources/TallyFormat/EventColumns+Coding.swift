/// Between columns in memory and the payload of a frame: `Payload` in the format document.
extension EventColumns {
  /// Appends the payload to `out`.
  ///
  /// - Parameter body: memory reused between calls: fresh memory for every frame costs more than the encoding.
  package func encode(into out: inout ByteWriter, body: inout ByteWriter) {
    body.bytes.removeAll(keepingCapacity: true)
    body.varint(firstSequence)
    body.varint(UInt64(count))
    body.varint(UInt64(times.first ?? 0))
    kinds.withUnsafeBufferPointer { kinds in
      PackedColumn.encode(kinds.count, into: &body) { UInt64(kinds[$0]) }
    }
    times.withUnsafeBufferPointer { times in
      PackedColumn.encode(times.count, into: &body) { $0 == 0 ? 0 : UInt64(bitPattern: times[$0] &- times[$0 - 1]) }
    }
    var encoder = ColumnEncoder(
      firstSequence: firstSequence, batches: batches.count > 0 ? sequences(of: .batch) : [],
      movements: transferredWith.count > 0 ? sequences(of: .transferredWith) : [])
    // The memory goes to the encoder and comes back: a copy would be made for the first byte appended.
    swap(&encoder.out, &body)
    for kind in EventKind.ordered where count(of: kind) > 0 { readColumns(of: kind, &encoder) }
    swap(&encoder.out, &body)
    if !effective.isEmpty {
      body.u8(EffectiveTimes.number)
      effective.encode(into: &body)
    }
    if !asked.isEmpty {
      body.u8(AskedCarts.number)
      asked.encode(into: &body)
    }
    out.varint(UInt64(body.bytes.count))
    out.raw(body.bytes)
  }
}

/// Appends columns to a payload.
private struct ColumnEncoder: ColumnVisitor {
  let firstSequence: UInt64
  /// The batches' sequence numbers.
  let batches: [UInt64]
  /// The sequence numbers of transfers that holds go with.
  let movements: [UInt64]
  var out = ByteWriter()

  mutating func visit(_ column: inout StringColumn, _ role: TextRole) { column.encode(into: &out) }
  mutating func visit(_ column: inout LineColumn, atLeast minimum: UInt64) { column.encode(into: &out) }
  mutating func visit(_ column: inout KeyColumn) { column.encode(into: &out) }

  mutating func visit<F: NumberForm>(_ column: inout [F.Value], _ form: F.Type) {
    column.withUnsafeBufferPointer { values in
      PackedColumn.encode(values.count, into: &out) { F.number(values[$0]) }
    }
  }

  mutating func visit(references column: inout [UInt64]) {
    column.withUnsafeBufferPointer { values in
      out.varint(zigzag(Int64(bitPattern: values[0] &- firstSequence)))
      PackedColumn.encode(values.count - 1, into: &out) { zigzag(Int64(bitPattern: values[$0 + 1] &- values[$0])) }
    }
  }

  mutating func visit(_ column: inout ResultColumn) {
    column.encode(of: batches, into: &out)
  }

  mutating func visit(_ column: inout HoldColumn, of kind: EventKind) {
    column.encode(of: movements, into: &out)
  }
}
