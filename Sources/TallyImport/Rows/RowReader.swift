import Tallystick

/// Reads records as rows of documents.
struct RowReader {
  private let mapping: ImportMapping
  private let index: ColumnIndex
  private let document: ColumnIndex.Column?
  private let sku: ColumnIndex.Column
  private let quantity: ColumnIndex.Column?
  private let time: ColumnIndex.Column?
  private let timeOfDay: ColumnIndex.Column?
  private let customer: ColumnIndex.Column?
  private let location: ColumnIndex.Column?
  private let from: ColumnIndex.Column?
  private let to: ColumnIndex.Column?
  private let reason: ColumnIndex.Column?
  private let skipped: RowSkipping
  private let rules: [CheckedRule]
  private(set) var fields: FieldReader
  /// Of the row above, for times that clocks show twice.
  private var lastTime = Int64.min
  private var lastReading: (text: [UInt8], reading: TimePattern.Reading)?
  private let pseudonyms: Pseudonyms?

  /// - Throws: ``ImportError/input(_:)`` if the header lacks a column of the mapping or has it twice.
  init(_ index: ColumnIndex, mapping: ImportMapping, pseudonyms: Pseudonyms?) throws(ImportError) {
    self.mapping = mapping
    self.index = index
    self.pseudonyms = pseudonyms
    let columns = mapping.columns
    document = try index.find(columns.document)
    sku = try index.find(columns.sku)
    quantity = try index.find(columns.quantity)
    time = try index.find(columns.time)
    timeOfDay = try index.find(columns.timeOfDay)
    customer = try index.find(columns.customer)
    location = try index.find(columns.location)
    from = try index.find(columns.from)
    to = try index.find(columns.to)
    reason = try index.find(columns.reason)
    skipped = try RowSkipping(index, mapping)
    var rules = [CheckedRule]()
    for rule in mapping.rules { rules.append(try CheckedRule(rule, index)) }
    self.rules = rules
    fields = FieldReader(mapping)
  }

  /// Linear in the record's length. What is checked first names the reason: the form of the record, then whether the
  /// row is one, then whether the code is stock, then the fields.
  ///
  /// - Returns: why there is no row; `nil`: it was appended.
  mutating func read(_ record: CSVRecord, into found: inout [ImportRow]) -> RowStop? {
    do throws(RowStop) { found.append(try row(record)) } catch { return error }
    return nil
  }

  private mutating func row(_ record: CSVRecord) throws(RowStop) -> ImportRow {
    if record.isBlank { throw .skipped(.blank) }
    if let flaw = record.flaw {
      throw .flawed(RowFlaw(kind: "it is no CSV", message: flaw.description, blame: .neighbours))
    }
    if skipped.isNoRow(record, fields) { throw .skipped(.noRow) }
    let number = number(of: record, document)
    // Made only where somebody is to blame.
    var blame: RowFlaw.Blame { number.isEmpty ? .above : .document(NameShortening.shortened(number)) }
    guard record.count == index.names.count else {
      let end = record.isCutOff ? " (the file ends in the middle of the line)" : ""
      throw .flawed(
        RowFlaw(
          kind: "its fields are not as many as the columns",
          message: "has \(record.count) fields where the first line has \(index.names.count)\(end)",
          blame: number.isEmpty ? .neighbours : blame))
    }
    let code = fields.counted(sku, of: record)
    if skipped.isNoStock(code) { throw .skipped(.notStock) }
    let skuName = try name(code, sku, blame)
    let written = quantity.map { fields.counted($0, of: record) } ?? []
    if mapping.skippedQuantities.contains(where: { $0.bytes.elementsEqual(written) }) { throw .skipped(.noRow) }
    let rule = try rule(of: record, number, blame)
    let documentName = try self.documentName(of: record, rule, blame)
    let ownBlame = RowFlaw.Blame.document(documentName)
    let signed = try signedQuantity(written, ownBlame)
    // A stock-take may find nothing.
    if signed == 0 && rule.positive != .count { throw .skipped(.zeroQuantity) }
    let action = signed < 0 ? rule.negative : rule.positive
    if action == .skip { throw .skipped(.bySign) }
    if action == .refuse {
      throw flaw(
        quantity ?? sku, "is \(signed), which the mapping refuses for such documents",
        "has a sign that the mapping refuses",
        ownBlame)
    }
    var row = ImportRow(
      line: record.line, document: documentName, item: ItemName(sku: skuName), quantity: abs(signed),
      time: try moment(of: record, ownBlame), customer: nil, action: action)
    try addPlaces(to: &row, record, rule.location ?? location, ownBlame)
    try addTexts(to: &row, record, ownBlame)
    return row
  }

  // MARK: Fields

  private func signedQuantity(_ written: ArraySlice<UInt8>, _ blame: RowFlaw.Blame) throws(RowStop) -> Int64 {
    guard let quantity else { return mapping.quantity ?? 0 }
    if let number = mapping.numbers.parse(written), number.magnitude <= UInt64(Limits.maxQuantity) { return number }
    throw flaw(quantity, "is \(quoted(written)), not a whole number up to 2^53 - 1", "is not a whole number", blame)
  }

  private func number(of record: CSVRecord, _ column: ColumnIndex.Column?) -> ArraySlice<UInt8> {
    if let number = mapping.number { return number.bytes[...] }
    return column.map { fields.text($0, of: record) } ?? []
  }

  private mutating func documentName(
    of record: CSVRecord, _ rule: CheckedRule, _ blame: @autoclosure () -> RowFlaw.Blame
  ) throws(RowStop) -> Name {
    if let column = rule.document { return try name(fields.counted(column, of: record), column, .above) }
    if let number = mapping.number { return number }
    guard let document else {
      throw .flawed(RowFlaw(kind: "it has no number", message: "has no number", blame: blame()))
    }
    return try name(fields.counted(document, of: record), document, blame())
  }

  private mutating func rule(
    of record: CSVRecord, _ number: ArraySlice<UInt8>, _ blame: @autoclosure () -> RowFlaw.Blame
  ) throws(RowStop) -> CheckedRule {
    if let rule = rules.first(where: { $0.fits(record, number, fields) }) { return rule }
    guard let column = rules.lazy.compactMap(\.conditions.first?.column).first else {
      let what = "is \(quoted(number)), of no kind that the mapping's documents name"
      if let document { throw flaw(document, what, "is of no kind that the mapping names", blame()) }
      throw .flawed(RowFlaw(kind: "its kind is unknown", message: "the document's number \(what)", blame: blame()))
    }
    let text = fields.text(column, of: record)
    let shown = String(decoding: text, as: UTF8.self).printableStart
    throw flaw(
      column, "is \(quoted(text)), of which the mapping's \"rows\" say nothing",
      "is \"\(shown)\", of which the mapping's \"rows\" say nothing",
      blame())
  }

  /// Unix milliseconds.
  private mutating func moment(of record: CSVRecord, _ blame: RowFlaw.Blame) throws(RowStop) -> Int64 {
    guard let time else { return mapping.time ?? 0 }
    var text = fields.counted(time, of: record)
    if let timeOfDay { text = ArraySlice(Array(text) + [0x20] + Array(fields.counted(timeOfDay, of: record))) }
    guard let reading = reading(of: text) else {
      throw flaw(
        time, "is \(quoted(text)), which does not fit the mapping's time_format",
        "does not fit the mapping's time_format",
        blame)
    }
    let moment =
      reading.isUniversal ? reading.milliseconds : mapping.zone.universal(reading.milliseconds, after: lastTime)
    guard moment >= 0 else {
      throw flaw(time, "is \(quoted(text)), which is before 1970", "is before 1970", blame)
    }
    // Only in a file that goes forward does the row above say which of two hours is meant.
    if mapping.order == .oldestFirst { lastTime = moment }
    return moment
  }

  /// Rows of one document mostly have the same time: what it was read as is kept.
  private mutating func reading(of text: ArraySlice<UInt8>) -> TimePattern.Reading? {
    if let lastReading, text.elementsEqual(lastReading.text) { return lastReading.reading }
    for format in mapping.timeFormats {
      guard let reading = format.read(text) else { continue }
      lastReading = (Array(text), reading)
      return reading
    }
    return nil
  }

  private mutating func addPlaces(
    to row: inout ImportRow, _ record: CSVRecord, _ location: ColumnIndex.Column?, _ blame: RowFlaw.Blame
  ) throws(RowStop) {
    if row.action == .transfer, let from, let to {
      row.item.location = try name(fields.counted(from, of: record), from, blame)
      let destination = try name(fields.counted(to, of: record), to, blame)
      if destination == row.item.location {
        throw flaw(to, "is \(quoted(destination.bytes[...])), where it comes from", "is where it comes from", blame)
      }
      row.destination = destination
      return
    }
    let text = location.map { fields.counted($0, of: record) } ?? []
    guard let location, !text.isEmpty else {
      row.item.location = mapping.location
      return
    }
    row.item.location = text.elementsEqual(Name.main.bytes) ? .main : try name(text, location, blame)
  }

  private mutating func addTexts(
    to row: inout ImportRow, _ record: CSVRecord, _ blame: RowFlaw.Blame
  ) throws(RowStop) {
    if let customer, row.action.isOrder {
      let text = fields.counted(customer, of: record)
      if !text.isEmpty {
        if let pseudonyms {
          row.customer = pseudonyms.pseudonym(of: text)
        } else {
          row.customer = try name(text, customer, blame)
        }
      }
    }
    if let reason, row.action.isAdjustment {
      let text = fields.counted(reason, of: record)
      if text.isEmpty { return }
      let name = Name(bytes: Array(text))
      if let what = name.flaw(maximum: Limits.maxTextBytes) { throw flaw(reason, what, what, blame) }
      row.reason = name
    }
  }

  private mutating func name(
    _ text: ArraySlice<UInt8>, _ column: ColumnIndex.Column, _ blame: @autoclosure () -> RowFlaw.Blame
  ) throws(RowStop) -> Name {
    switch fields.name(text) {
    case .success(let name): return name
    case .failure(let error):
      guard error.what == "is not valid UTF-8" else { throw flaw(column, error.what, error.what, blame()) }
      let advice = "save the file as UTF-8, or name its encoding in the mapping"
      var flaw = RowFlaw(
        kind: "\(title(column)) \(error.what)", message: "\(title(column)) \(error.what); \(advice)", blame: blame())
      flaw.reason = .notUTF8
      throw .flawed(flaw)
    }
  }

  // MARK: Messages

  private func title(_ column: ColumnIndex.Column) -> String { "\"\(index.names[column.first].printableStart)\"" }

  private func flaw(
    _ column: ColumnIndex.Column, _ what: String, _ kind: String, _ blame: RowFlaw.Blame
  ) -> RowStop {
    .flawed(RowFlaw(kind: "\(title(column)) \(kind)", message: "\(title(column)) \(what)", blame: blame))
  }

  private func quoted(_ bytes: ArraySlice<UInt8>) -> String {
    "\"\(String(decoding: bytes.prefix(200), as: UTF8.self).printableStart)\""
  }
}
