/// Judges whether the names and texts of replayed events are such; lengths are the decoder's. The rule is
/// ``Rule/nameForm``.
enum NameRules {
  /// False if some string of the frame might be wrong.
  static func arePlain(_ columns: inout EventColumns) -> Bool { columns.visitTexts(PlainTexts()).arePlain }

  /// Whether every string of one event is what it should be.
  static func admits(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Bool {
    columns.visitTexts(of: row.kind, TextsOfEvent(ordinal: row.ordinal)).areRight
  }
}

private struct PlainTexts: TextVisitor {
  var arePlain = true

  mutating func visit(_ column: StringColumn, _ role: TextRole, of kind: EventKind) {
    arePlain = arePlain && column.isPlain(mayBeEmpty: role.minimumBytes == 0)
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
