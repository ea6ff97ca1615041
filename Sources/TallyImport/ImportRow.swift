import Tallystick

/// A row that means something.
struct ImportRow {
  var line: Int
  var document: Name
  var item: ItemName
  /// Always positive; the sign went into the action.
  var quantity: Int64
  /// Unix milliseconds.
  var time: Int64
  var customer: Name?
  var action: ImportMapping.Action
}

/// What a record turned out to be.
enum RowReading {
  case row(ImportRow)
  /// - Parameter problem: what to tell, where the file is at fault and not just full of other things.
  case skipped(ImportReport.SkipReason, problem: String?)
}

/// Finds the mapping's columns in a record, and what they say.
struct RowReader {
  /// Bytes of a document's number: keys such as `536365/write-off/12` are made from it.
  static let maximumDocumentBytes = 44

  private let mapping: ImportMapping
  private let names: [String]
  private let document: Int
  private let sku: Int
  private let quantity: Int
  private let time: Int
  private let customer: Int?
  private let location: Int?

  /// - Throws: ``ImportError/input(_:)`` if the header lacks a column of the mapping or has it twice.
  init(header: CSVRecord, mapping: ImportMapping) throws(ImportError) {
    if let flaw = header.flaw { throw .input("line 1: \(flaw.description)") }
    let names = (0..<header.count).map { String(decoding: header[$0], as: UTF8.self) }
    func index(_ name: String) throws(ImportError) -> Int {
      let found = names.indices.filter { names[$0] == name }
      guard let first = found.first else {
        let all = names.map { "\"\($0)\"" }.joined(separator: ", ")
        throw .input("there is no column \"\(name)\" in the first line, which has \(all)")
      }
      guard found.count == 1 else { throw .input("the first line has the column \"\(name)\" \(found.count) times") }
      return first
    }
    func optionalIndex(_ name: String?) throws(ImportError) -> Int? {
      guard let name else { return nil }
      return try index(name)
    }
    self.mapping = mapping
    self.names = names
    document = try index(mapping.columns.document)
    sku = try index(mapping.columns.sku)
    quantity = try index(mapping.columns.quantity)
    time = try index(mapping.columns.time)
    customer = try optionalIndex(mapping.columns.customer)
    location = try optionalIndex(mapping.columns.location)
  }

  /// Linear in the record's length. What is checked first names the reason: the form of the record, then whether the
  /// code is stock, then the fields.
  func read(_ record: CSVRecord) -> RowReading {
    if record.isBlank { return .skipped(.blank, problem: nil) }
    if let flaw = record.flaw { return malformed(flaw.description) }
    guard record.count == names.count else {
      let end = record.isCutOff ? " (the file ends in the middle of the line)" : ""
      return malformed("has \(record.count) fields where the first line has \(names.count)\(end)")
    }
    if let field = record.firstFieldNotUTF8 {
      return .skipped(.notUTF8, problem: "\"\(names[field])\" is not valid UTF-8; save the file as UTF-8")
    }
    guard isStock(record[sku]) else { return .skipped(.notStock, problem: nil) }
    let itemName = ItemName(sku: Name(bytes: Array(record[sku])), location: locationName(of: record))
    let number = Name(bytes: Array(record[document]))
    if let flaw = itemName.sku.flaw() { return malformed(sku, flaw) }
    if let location, let flaw = itemName.location.flaw() { return malformed(location, flaw) }
    if let flaw = number.flaw(maximum: RowReader.maximumDocumentBytes) { return malformed(document, flaw) }
    guard let signed = RowReader.integer(record[quantity]), signed.magnitude <= UInt64(Limits.maxQuantity) else {
      return malformed(quantity, "is \(quoted(record[quantity])), not a whole number up to 2^53 - 1")
    }
    if signed == 0 { return .skipped(.zeroQuantity, problem: nil) }
    guard let moment = mapping.timeFormat.parse(record[time]) else {
      return malformed(time, "is \(quoted(record[time])), which does not fit the mapping's time_format")
    }
    var customerName: Name?
    if let customer, !record[customer].isEmpty {
      let name = Name(bytes: Array(record[customer]))
      if let flaw = name.flaw() { return malformed(customer, flaw) }
      customerName = name
    }
    guard let kind = mapping.documents.first(where: { number.bytes.starts(with: $0.prefix.utf8) }) else {
      return malformed(document, "is \(quoted(record[document])), of no kind that the mapping's documents name")
    }
    let action = signed < 0 ? kind.negative : kind.positive
    if action == .skip { return .skipped(.bySign, problem: nil) }
    if action == .refuse { return malformed(quantity, "is \(signed), which the mapping refuses for such documents") }
    return .row(
      ImportRow(
        line: record.line, document: number, item: itemName, quantity: abs(signed), time: moment,
        customer: customerName, action: action))
  }

  private func isStock(_ code: ArraySlice<UInt8>) -> Bool {
    if mapping.skippedCodes.contains(where: { $0.matches(code) }) { return false }
    return mapping.onlyCodes.isEmpty || mapping.onlyCodes.contains { $0.matches(code) }
  }

  private func locationName(of record: CSVRecord) -> Name {
    guard let location, !record[location].isEmpty else { return mapping.location }
    return Name(bytes: Array(record[location]))
  }

  private func malformed(_ column: Int, _ what: String) -> RowReading { malformed("\"\(names[column])\" \(what)") }
  private func malformed(_ what: String) -> RowReading { .skipped(.malformed, problem: what) }

  /// Some of the bytes, for a message: nothing in a file may reach a terminal as a control sequence.
  private func quoted(_ bytes: ArraySlice<UInt8>) -> String {
    let shown = String(decoding: bytes.prefix(40), as: UTF8.self).unicodeScalars.map {
      $0.value < 0x20 || 0x7F...0x9F ~= $0.value ? "?" : String($0)
    }
    return "\"\(shown.joined())\(bytes.count > 40 ? "…" : "")\""
  }

  /// An optional sign and digits only; `nil` beyond 64 bits.
  static func integer(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard !bytes.isEmpty, bytes.count <= 20 else { return nil }
    return Int64(String(decoding: bytes, as: UTF8.self))
  }
}
