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
    for field in fields(columns) where field.column.count > 0 {
      // Without a branch in the loop the compiler takes 16 or 32 bytes at a time.
      var odd: UInt8 = 0
      for byte in field.column.bytes { odd |= byte &- 0x20 >= 0x5F ? 1 : 0 }
      if odd != 0 { return false }
      guard field.minimum > 0 else { continue }
      var start: UInt32 = 0
      for end in field.column.ends {
        if end == start { return false }
        start = end
      }
    }
    return true
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
