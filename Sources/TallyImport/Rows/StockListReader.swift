import Tallystick

/// Reads records of a list of what is on hand: a row is an item, or one at several locations.
struct StockListReader {
  private let mapping: ImportMapping
  private let index: ColumnIndex
  private let sku: ColumnIndex.Column
  private let location: ColumnIndex.Column?
  /// Where they are; `nil`: where the row says.
  private let quantities: [(column: ColumnIndex.Column, location: Name?)]
  private let skipped: RowSkipping
  private let document: Name
  private(set) var fields: FieldReader
  /// Hashes of the items so far, where none may come back. Memory: 8 bytes an item.
  private var seen: Set<Int> = []

  /// - Throws: ``ImportError/input(_:)`` if the header lacks a column of the mapping or has it twice.
  init(_ index: ColumnIndex, mapping: ImportMapping) throws(ImportError) {
    self.mapping = mapping
    self.index = index
    sku = try index.find(mapping.columns.sku)
    location = try index.find(mapping.columns.location)
    var quantities = [(column: ColumnIndex.Column, location: Name?)]()
    if let column = mapping.columns.quantity { quantities.append((try index.find(column), nil)) }
    for column in mapping.columns.quantities { quantities.append((try index.find(column.column), column.location)) }
    self.quantities = quantities
    skipped = try RowSkipping(index, mapping)
    document = mapping.number ?? "stock-list"
    fields = FieldReader(mapping)
  }

  /// Linear in the record's length.
  ///
  /// - Returns: why there is no item; `nil`: one or more were appended.
  mutating func read(_ record: CSVRecord, into found: inout [ImportRow]) -> RowStop? {
    do throws(RowStop) { found += try rows(record) } catch { return error }
    return nil
  }

  private mutating func rows(_ record: CSVRecord) throws(RowStop) -> [ImportRow] {
    if record.isBlank { throw .skipped(.blank) }
    if let flaw = record.flaw { throw self.flaw("it is no CSV", flaw.description) }
    if skipped.isNoRow(record, fields) { throw .skipped(.noRow) }
    guard record.count == index.names.count else {
      let end = record.isCutOff ? " (the file ends in the middle of the line)" : ""
      throw flaw(
        "its fields are not as many as the columns",
        "has \(record.count) fields where the first line has \(index.names.count)\(end)")
    }
    let code = fields.counted(sku, of: record)
    if skipped.isNoStock(code) { throw .skipped(.notStock) }
    let name = try name(code, sku)
    var rows = [ImportRow]()
    for (column, place) in quantities {
      let written = fields.counted(column, of: record)
      if mapping.skippedQuantities.contains(where: { $0.bytes.elementsEqual(written) }) { continue }
      guard let quantity = mapping.numbers.parse(written), 0...Limits.maxQuantity ~= quantity else {
        let shown = String(decoding: written.prefix(200), as: UTF8.self).printableStart
        throw flaw(
          "\(title(column)) is no quantity", "\(title(column)) is \"\(shown)\", not a whole number from 0 to 2^53 - 1")
      }
      var row = ImportRow(
        line: record.line, document: document, item: ItemName(sku: name), quantity: quantity, time: mapping.time ?? 0,
        action: .count)
      if let place { row.item.location = place } else { row.item.location = try self.place(of: record) }
      if mapping.duplicates == .refuse, !seen.insert(row.item.hashValue).inserted {
        throw flaw(
          "an item stands in the list twice",
          "\(row.item) stands in the list twice; leave one out, or say \"duplicates\": \"add\"")
      }
      rows.append(row)
    }
    if rows.isEmpty { throw .skipped(.noRow) }
    return rows
  }

  private mutating func place(of record: CSVRecord) throws(RowStop) -> Name {
    guard let location else { return mapping.location }
    let text = fields.counted(location, of: record)
    return text.isEmpty ? mapping.location : try name(text, location)
  }

  private mutating func name(_ text: ArraySlice<UInt8>, _ column: ColumnIndex.Column) throws(RowStop) -> Name {
    switch fields.name(text) {
    case .success(let name): return name
    case .failure(let error): throw flaw("\(title(column)) \(error.what)", "\(title(column)) \(error.what)")
    }
  }

  private func title(_ column: ColumnIndex.Column) -> String { "\"\(index.names[column.first].printableStart)\"" }

  private func flaw(_ kind: String, _ message: String) -> RowStop {
    .flawed(RowFlaw(kind: kind, message: message, blame: .document(document)))
  }
}
