/// Judges whether the names and texts of replayed events are such; lengths are the decoder's. The rule is
/// ``Rule/nameForm``.
enum NameRules {
  /// False if some string of the frame might be wrong. Strings of a column stand back to back, and plain ASCII needs no
  /// look at their borders: a fraction of a nanosecond a byte.
  static func arePlain(_ columns: inout EventColumns) -> Bool { columns.visitTexts(PlainTexts()).arePlain }

  /// Whether every string of one event is what it should be.
  static func admits(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Bool {
    columns.visitTexts(of: row.kind, TextsOfEvent(ordinal: row.ordinal)).areRight
  }
}

private struct PlainTexts: TextVisitor {
  var arePlain = true

  mutating func visit(_ column: StringColumn, _ role: TextRole, of kind: EventKind) {
    arePlain = arePlain && PlainTexts.isPlain(column, mayBeEmpty: role.minimumBytes == 0)
  }

  private static func isPlain(_ column: StringColumn, mayBeEmpty: Bool) -> Bool {
    // Without a branch in the loop the compiler takes 16 or 32 bytes at a time.
    var odd: UInt8 = 0
    for byte in column.bytes { odd |= byte &- 0x20 >= 0x5F ? 1 : 0 }
    if odd != 0 { return false }
    if mayBeEmpty { return true }
    var start: UInt32 = 0
    for end in column.ends {
      if end == start { return false }
      start = end
    }
    return true
  }
}

private struct TextsOfEvent: TextVisitor {
  let ordinal: Int
  var areRight = true

  mutating func visit(_ column: StringColumn, _ role: TextRole, of kind: EventKind) {
    let flaw = column.withBytes(ordinal) {
      Name.flaw(of: $0, minimum: role.minimumBytes, maximum: role.maximumBytes)
    }
    if flaw != nil { areRight = false }
  }
}
