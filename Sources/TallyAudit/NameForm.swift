import TallyFormat

/// Judges whether names and texts are such: lengths, UTF-8, no control characters.
enum NameForm {
  /// False if some string might be wrong. A byte costs a fraction of a nanosecond, because the strings of a column stand
  /// back to back and plain ASCII needs no look at their borders.
  static func isPlain(_ columns: EventColumns) -> Bool { columns.visitTexts(PlainTexts()).arePlain }

  /// Reports every string that is wrong, in the order of the events.
  static func judge(_ columns: EventColumns, _ violations: inout Violations) {
    let fields = columns.visitTexts(Fields()).list
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) {
      for field in fields where field.kind == row.kind {
        let flaw = field.column.withBytes(row.ordinal) { bytes in
          Name.flaw(of: bytes, minimum: field.role.minimumBytes, maximum: field.role.maximumBytes)
        }
        if let flaw { violations.report(.nameForm, row.sequence, "\(field.role.label) \(flaw)") }
      }
    }
  }
}

/// Gathers the columns with texts.
private struct Fields: TextVisitor {
  struct Field {
    var column: StringColumn
    var role: TextRole
    var kind: EventKind
  }
  var list: [Field] = []

  mutating func visit(_ column: StringColumn, _ role: TextRole, of kind: EventKind) {
    list.append(Field(column: column, role: role, kind: kind))
  }
}

private struct PlainTexts: TextVisitor {
  var arePlain = true

  mutating func visit(_ column: StringColumn, _ role: TextRole, of kind: EventKind) {
    arePlain = arePlain && PlainTexts.isPlain(column, mayBeEmpty: role.minimumBytes == 0)
  }

  private static func isPlain(_ column: StringColumn, mayBeEmpty: Bool) -> Bool {
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
}
