import TallyFormat

/// Judges whether names and texts are such: lengths, UTF-8, no control characters.
enum NameForm {
  /// What a string is, and how long it may be.
  private struct Field {
    var what: String
    var kind: EventKind
    var column: StringColumn
    var minimum = 0
    var maximum = Limits.maxNameBytes
  }

  private static func fields(_ columns: EventColumns) -> [Field] {
    let texts = Limits.maxTextBytes
    var fields = [
      Field(what: "the SKU", kind: .itemRegistered, column: columns.registered.skus, minimum: 1),
      Field(what: "the location", kind: .itemRegistered, column: columns.registered.locations, minimum: 1),
      Field(what: "the id", kind: .reserved, column: columns.reserved.ids, minimum: 1),
      Field(what: "the customer", kind: .reserved, column: columns.reserved.customers),
      Field(what: "the reference", kind: .received, column: columns.received.references, maximum: texts),
      Field(what: "the reference", kind: .returned, column: columns.returned.references, maximum: texts),
      Field(what: "the reason", kind: .adjusted, column: columns.adjusted.reasons, maximum: texts),
    ]
    for kind in EventKind.allCases where kind != .reserved {
      if let keys = columns.names(of: kind) { fields.append(Field(what: "the key", kind: kind, column: keys)) }
    }
    return fields
  }

  /// False if some string might be wrong. A byte costs a fraction of a nanosecond, because the strings of a column stand
  /// back to back and plain ASCII needs no look at their borders.
  static func isPlain(_ columns: EventColumns) -> Bool {
    // All columns of ``fields(_:)``, without making a list of them for every frame.
    isPlain(columns.registered.skus, mayBeEmpty: false) && isPlain(columns.registered.locations, mayBeEmpty: false)
      && isPlain(columns.reserved.ids, mayBeEmpty: false) && isPlain(columns.reserved.customers)
      && isPlain(columns.received.references) && isPlain(columns.received.keys.keys)
      && isPlain(columns.returned.references) && isPlain(columns.returned.keys.keys)
      && isPlain(columns.committed.keys.keys) && isPlain(columns.released.keys.keys)
      && isPlain(columns.adjusted.reasons) && isPlain(columns.adjusted.keys.keys)
      && isPlain(columns.transferred.keys.keys) && isPlain(columns.limits.keys.keys)
      && isPlain(columns.batches.keys.keys)
  }

  private static func isPlain(_ column: StringColumn, mayBeEmpty: Bool = true) -> Bool {
    guard column.bytes.withUnsafeBytes(isPlainASCII) else { return false }
    if mayBeEmpty || column.count == 0 { return true }
    var empty: UInt32 = column.ends[0] == 0 ? 1 : 0
    for index in 1..<column.count { empty |= column.ends[index] == column.ends[index - 1] ? 1 : 0 }
    return empty == 0
  }

  /// Whether all bytes are U+0020 to U+007E.
  ///
  /// Eight at a time, and without a branch in the loop, so that the compiler takes 32 at a time where it optimises. (A
  /// debug build would spend most of an audit here, a byte at a time.)
  private static func isPlainASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    var odd: UInt64 = 0
    var offset = 0
    while offset &+ 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      // 0x7F carries into the highest bit, and what is below 0x20 borrows it. Carries out of a byte come from 0xFF only,
      // which is odd anyway.
      odd |= word | (word &+ ones) | ~((word | highs) &- ones &* 0x20)
      offset &+= 8
    }
    var last: UInt8 = 0
    for byte in bytes[offset...] { last |= byte &- 0x20 >= 0x5F ? 1 : 0 }
    return odd & highs == 0 && last == 0
  }

  /// Reports every string that is wrong, in the order of the events.
  static func judge(_ columns: EventColumns, _ violations: inout Violations) {
    let fields = fields(columns)
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) {
      for field in fields where field.kind == row.kind {
        let flaw = field.column.withBytes(row.ordinal) { bytes in
          Name.flaw(of: bytes, minimum: field.minimum, maximum: field.maximum)
        }
        if let flaw { violations.report(.nameForm, row.sequence, "\(field.what) \(flaw)") }
      }
    }
  }
}
