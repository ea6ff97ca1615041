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
    // Without a branch in the loop the compiler takes 16 or 32 bytes at a time.
    var odd: UInt8 = 0
    for byte in column.bytes { odd |= byte &- 0x20 >= 0x5F ? 1 : 0 }
    if mayBeEmpty || column.count == 0 { return odd == 0 }
    var empty: UInt32 = column.ends[0] == 0 ? 1 : 0
    for index in 1..<column.count { empty |= column.ends[index] == column.ends[index - 1] ? 1 : 0 }
    return odd == 0 && empty == 0
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
