import Tallystick

/// Reads records as the mapping says: as rows of documents, or of a stock list.
struct RecordSource {
  private var rows: RowReader?
  private var list: StockListReader?
  /// `nil`: nothing is taken over from the row above.
  let fill: FillDown?

  /// - Throws: ``ImportError/input(_:)`` if the header lacks a column of the mapping or has it twice.
  init(_ index: ColumnIndex, _ mapping: ImportMapping, _ pseudonyms: Pseudonyms?) throws(ImportError) {
    switch mapping.document {
    case .rows: rows = try RowReader(index, mapping: mapping, pseudonyms: pseudonyms)
    case .stockList: list = try StockListReader(index, mapping: mapping)
    }
    if mapping.fillsDown { fill = try FillDown(index, mapping) } else { fill = nil }
  }

  /// Appends what the record means, one row or more; or says why it means nothing.
  mutating func read(_ record: CSVRecord, into found: inout [ImportRow]) -> RowStop? {
    if rows != nil { return rows?.read(record, into: &found) }
    return list?.read(record, into: &found)
  }

  var fields: FieldReader? { rows?.fields ?? list?.fields }
}

/// Takes over from the row above what stands only in a document's first row.
struct FillDown {
  private let document: ColumnIndex.Column
  private let filled: Set<Int>

  /// - Throws: ``ImportError/input(_:)`` if the file lacks a column.
  init(_ index: ColumnIndex, _ mapping: ImportMapping) throws(ImportError) {
    let columns = mapping.columns
    document = try index.find(columns.document) ?? ColumnIndex.Column(positions: [])
    let shared = [
      columns.document, columns.time, columns.timeOfDay, columns.customer, columns.location, columns.from, columns.to,
      columns.reason,
    ]
    var filled = Set<Int>()
    for column in shared.compactMap({ $0 }) + mapping.rules.flatMap(\.columns) {
      filled.formUnion(try index.find(column).positions)
    }
    // What differs from row to row is never taken over.
    for column in [columns.sku, columns.quantity].compactMap({ $0 }) {
      filled.subtract(try index.find(column).positions)
    }
    self.filled = filled
  }

  /// - Parameter above: the row above, itself filled.
  func fill(_ record: inout CSVRecord, from above: CSVRecord) {
    guard record.flaw == nil, above.count == record.count, !record.isBlank else { return }
    let isSame = document.positions.allSatisfy { position in
      let number = FieldReader.trimmed(record[position])
      return number.isEmpty || number == FieldReader.trimmed(above[position])
    }
    if isSame { record.fill(filled, from: above) }
  }
}

extension ImportMapping.RowRule {
  /// Whose texts it looks at.
  var columns: [ImportMapping.Column] { conditions.map(\.column) + [document, location].compactMap { $0 } }
}
