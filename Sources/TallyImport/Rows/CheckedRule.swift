import Tallystick

/// A row rule whose columns were found.
struct CheckedRule {
  struct Condition {
    var column: ColumnIndex.Column
    /// In lower case.
    var values: [Value]
  }
  enum Value {
    case text([UInt8])
    case pattern(CodePattern)
    /// Whatever it is.
    case something

    init(_ name: Name) {
      let text = name.bytes.map(lowered)
      if text == [UInt8(ascii: "*")] {
        self = .something
      } else if text.contains(UInt8(ascii: "*")) {
        self = .pattern(CodePattern(String(decoding: text, as: UTF8.self), isPlain: true))
      } else {
        self = .text(text)
      }
    }

    func fits(_ text: ArraySlice<UInt8>) -> Bool {
      switch self {
      case .something: !text.isEmpty
      case .text(let value): value.count == text.count && zip(value, text).allSatisfy { $0 == lowered($1) }
      case .pattern(let pattern): pattern.matches(text.map(lowered)[...])
      }
    }
  }

  let positive: ImportMapping.Action
  let negative: ImportMapping.Action
  let document: ColumnIndex.Column?
  let location: ColumnIndex.Column?
  let conditions: [Condition]
  private let prefix: [UInt8]

  /// - Throws: ``ImportError/input(_:)`` if the file lacks a column.
  init(_ rule: ImportMapping.RowRule, _ index: ColumnIndex) throws(ImportError) {
    positive = rule.positive
    negative = rule.negative
    prefix = Array(rule.prefix.utf8)
    document = try index.find(rule.document)
    location = try index.find(rule.location)
    var conditions = [Condition]()
    for condition in rule.conditions {
      conditions.append(
        Condition(column: try index.find(condition.column), values: condition.values.map { Value($0) }))
    }
    self.conditions = conditions
  }

  func fits(_ record: CSVRecord, _ number: ArraySlice<UInt8>, _ fields: FieldReader) -> Bool {
    guard prefix.isEmpty || number.starts(with: prefix) else { return false }
    return conditions.allSatisfy { condition in
      let text = fields.text(condition.column, of: record)
      return condition.values.contains { $0.fits(text) }
    }
  }
}

/// An ASCII letter in lower case; everything else as it is.
private func lowered(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

/// Says which records are no rows, and which codes are no stock.
struct RowSkipping {
  private let onlyCodes: [CodePattern]
  private let skippedCodes: [CodePattern]
  /// One of these: all its patterns fit.
  private let rows: [[(column: ColumnIndex.Column, patterns: [CodePattern])]]

  /// - Throws: ``ImportError/input(_:)`` if the file lacks a column.
  init(_ index: ColumnIndex, _ mapping: ImportMapping) throws(ImportError) {
    onlyCodes = mapping.onlyCodes
    skippedCodes = mapping.skippedCodes
    var rows = [[(column: ColumnIndex.Column, patterns: [CodePattern])]]()
    for all in mapping.skippedRows {
      var row = [(column: ColumnIndex.Column, patterns: [CodePattern])]()
      for pattern in all { row.append((try index.find(pattern.column), pattern.patterns)) }
      rows.append(row)
    }
    self.rows = rows
  }

  func isNoRow(_ record: CSVRecord, _ fields: FieldReader) -> Bool {
    rows.contains { row in
      row.allSatisfy { column, patterns in
        let text = fields.text(column, of: record)
        return patterns.contains { $0.matches(text) }
      }
    }
  }

  func isNoStock(_ code: ArraySlice<UInt8>) -> Bool {
    if skippedCodes.contains(where: { $0.matches(code) }) { return true }
    return !onlyCodes.isEmpty && !onlyCodes.contains { $0.matches(code) }
  }
}
