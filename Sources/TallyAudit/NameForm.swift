import TallyFormat

/// Judges whether names and texts are such: lengths, UTF-8, no control characters.
enum NameForm {
  /// False if some string might be wrong.
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
    arePlain = arePlain && column.isPlain(mayBeEmpty: role.minimumBytes == 0)
  }
}
