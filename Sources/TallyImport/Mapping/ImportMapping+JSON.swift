import TallyText
import Tallystick

extension ImportMapping {
  /// The largest mapping file, in bytes.
  static let maximumBytes = 1 << 20

  /// Reads a mapping file.
  ///
  /// - Throws: ``ImportError`` naming the file, the line or key, and what is wrong. Unknown keys are wrong: a mistyped
  ///   one must not be ignored silently.
  public init(path: String, files: any FileSystem = LocalFileSystem()) throws(ImportError) {
    let bytes: [UInt8]?
    do {
      bytes = try files.contents(of: path, maximum: ImportMapping.maximumBytes)
    } catch {
      throw .file(error.description)
    }
    guard let bytes else { throw .file("there is no mapping file \(path)") }
    guard bytes.count <= ImportMapping.maximumBytes else {
      throw .mapping("\(path): has more than \(ImportMapping.maximumBytes) bytes")
    }
    do {
      try self.init(json: bytes)
    } catch {
      throw .mapping("\(path): \(error)")
    }
  }

  /// Decodes a mapping file's bytes.
  public init(json bytes: [UInt8]) throws(ImportError) {
    var fields = try MappingFields(try ImportMapping.value(bytes), of: "the mapping")
    let document: Document = try fields.choice("document") ?? .rows
    let number = try fields.name("number")
    let zone = try fields.string("zone").map { name throws(ImportError) in try ZoneRules(named: name) } ?? .universal
    let time = try fields.string("time").map { text throws(ImportError) in try ImportMapping.moment(text, in: zone) }
    let quantity = try fields.number("quantity", in: 1...Limits.maxQuantity)
    let columns = try ImportMapping.columns(
      try fields.take("columns") ?? .object([]), document, hasNumber: number != nil, hasTime: time != nil,
      hasQuantity: quantity != nil)
    if document == .stockList {
      self.init(stockList: columns)
      try readStockList(&fields)
    } else {
      self.init(columns: columns, timeFormat: ImportMapping.anyDate, documents: [])
      try readRows(&fields)
    }
    self.number = number
    self.time = time
    self.quantity = quantity
    self.zone = zone
    try readFile(&fields)
    try fields.end()
  }

  private static let anyDate = TimePattern.iso8601

  private static func value(_ bytes: [UInt8]) throws(ImportError) -> JSONValue {
    do throws(JSONFlaw) { return try JSONValue(parsing: bytes, maximumDepth: 16) } catch {
      throw .mapping(error.inFile(bytes))
    }
  }

  private static func moment(_ text: String, in zone: ZoneRules) throws(ImportError) -> Int64 {
    guard let reading = TimePattern.iso8601.read(Array(text.utf8)[...]),
      case let moment = reading.isUniversal ? reading.milliseconds : zone.universal(reading.milliseconds), moment >= 0
    else { throw .mapping("\"time\" is \"\(text)\"; write it like 2026-01-31 or 2026-01-31T18:00:00Z") }
    return moment
  }

  private static func columns(
    _ value: JSONValue, _ document: Document, hasNumber: Bool, hasTime: Bool, hasQuantity: Bool
  ) throws(ImportError) -> Columns {
    var fields = try MappingFields(value, of: "\"columns\"")
    let isList = document == .stockList
    func required(_ name: String, unless isGiven: Bool, _ instead: String = "") throws(ImportError) -> Column? {
      let column = try fields.column(name)
      if column == nil && !isGiven { throw .mapping("\"columns\" lacks \"\(name)\"\(instead)") }
      return column
    }
    let number = try required("document", unless: hasNumber || isList)
    if number != nil && (hasNumber || isList) {
      throw .mapping(
        isList
          ? "a stock list is one document: leave \"document\" out of \"columns\", and give its \"number\""
          : "the document's number stands in \"columns\" and in \"number\"; it can be only one")
    }
    guard let sku = try fields.column("sku") else { throw .mapping("\"columns\" lacks \"sku\"") }
    let quantities = isList ? try locationColumns(&fields) : nil
    let quantity = quantities == nil ? try required("quantity", unless: hasQuantity && !isList) : nil
    if quantity != nil && hasQuantity {
      throw .mapping("the quantity stands in \"columns\" and in \"quantity\"; it can be only one")
    }
    let time = try required("time", unless: hasTime || isList)
    if time != nil && (hasTime || isList) {
      throw .mapping(
        isList
          ? "a stock list is of one moment: leave \"time\" out of \"columns\", and give it as \"time\" of the mapping"
          : "the time stands in \"columns\" and in \"time\"; it can be only one")
    }
    var columns = Columns(document: number, sku: sku, quantity: quantity, time: time)
    columns.quantities = quantities ?? []
    columns.location = try fields.column("location")
    if !isList {
      columns.timeOfDay = try fields.column("time_of_day")
      columns.customer = try fields.column("customer")
      columns.from = try fields.column("from")
      columns.to = try fields.column("to")
      columns.reason = try fields.column("reason")
    }
    try fields.end()
    return columns
  }

  /// `"quantity": {"berlin": "Stock Berlin", "paris": "Stock Paris"}`; `nil` if it is no object.
  private static func locationColumns(_ fields: inout MappingFields) throws(ImportError) -> [LocationColumn]? {
    var peeked = fields
    guard case .object? = try peeked.take("quantity"), let value = try fields.take("quantity") else { return nil }
    var members = try MappingFields(value, of: "\"quantity\"")
    var columns = [LocationColumn]()
    for member in members.rest() {
      if let flaw = Name(member.name).flaw() { throw .mapping("line \(member.line): the location \(flaw)") }
      let names = try MappingFields.oneOrMore(member.value, "\"\(member.name)\"")
      columns.append(LocationColumn(location: Name(member.name), column: Column(names)))
    }
    if columns.isEmpty { throw .mapping("\"quantity\" names no location") }
    return columns
  }

  // MARK: What the file is like

  private mutating func readFile(_ fields: inout MappingFields) throws(ImportError) {
    separator = try fields.character("separator", "\",\" \";\" or \"\\t\"") ?? separator
    encoding = try fields.string("encoding")
    if let encoding { try TextDecoder.check(encoding) }
    skippedLines = Int(try fields.number("skip_lines", in: 0...100_000) ?? 0)
    header = try readHeader(&fields)
    numbers.decimal = try fields.character("decimal", "\".\" or \",\"") ?? numbers.decimal
    numbers.thousands = try fields.character("thousands", "\",\" \".\" \" \" or \"'\"")
    if numbers.decimal == numbers.thousands { throw .mapping("\"decimal\" and \"thousands\" are the same character") }
    for byte in [numbers.decimal, numbers.thousands ?? numbers.decimal] where byte &- 48 < 10 || byte == 0x2D {
      throw .mapping("\"decimal\" and \"thousands\" cannot be a digit or a sign")
    }
    trims = try fields.bool("trim") ?? trims
    longNames = try fields.choice("long_names") ?? longNames
    location = try fields.name("location") ?? location
    onlyCodes = try fields.strings("only_codes").map { CodePattern($0) }
    skippedCodes = try fields.strings("skip_codes").map { CodePattern($0) }
    skippedQuantities = try fields.oneOrMore("skip_quantities").map { Name($0) }
    skippedRows = try readSkippedRows(&fields)
  }

  /// `"header": ["a", "b"]`; `nil`: the first line has the names.
  private func readHeader(_ fields: inout MappingFields) throws(ImportError) -> [String]? {
    let names = try fields.oneOrMore("header")
    return names.isEmpty ? nil : names
  }

  /// `"skip": [{"order": "Total*"}]`, or one such object.
  private func readSkippedRows(_ fields: inout MappingFields) throws(ImportError) -> [[RowPattern]] {
    guard let value = try fields.take("skip") else { return [] }
    let elements: [JSONValue]
    if case .array(let list) = value { elements = list } else { elements = [value] }
    var all = [[RowPattern]]()
    for element in elements {
      var members = try MappingFields(element, of: "\"skip\"")
      var patterns = [RowPattern]()
      for member in members.rest() {
        let texts = try MappingFields.oneOrMore(member.value, "\"\(member.name)\"")
        patterns.append(RowPattern(column: Column([member.name]), patterns: texts.map { CodePattern($0) }))
      }
      if patterns.isEmpty { throw .mapping("\"skip\" names no column") }
      all.append(patterns)
    }
    return all
  }

  // MARK: What rows mean

  private mutating func readStockList(_ fields: inout MappingFields) throws(ImportError) {
    duplicates = try fields.choice("duplicates") ?? duplicates
    writeOffReason = try fields.name("reason", maximum: Limits.maxTextBytes) ?? "stock list"
    switch try fields.string("release") {
    case nil: release = nil
    case "newest"?: release = .newest
    case "oldest"?: release = .oldest
    case let text?: throw .mapping("\"release\" is \"\(text)\"; it may be \"newest\", \"oldest\"")
    }
  }

  private mutating func readRows(_ fields: inout MappingFields) throws(ImportError) {
    let formats = try fields.oneOrMore("time_format")
    if formats.isEmpty && columns.time != nil { throw .mapping("the mapping lacks \"time_format\"") }
    timeFormats = []
    for format in formats { timeFormats.append(try TimePattern(format)) }
    fillsDown = try readFill(&fields)
    order = try fields.choice("order") ?? order
    writeOffReason = try fields.name("write_off_reason", maximum: Limits.maxTextBytes) ?? writeOffReason
    commitsOrders = try fields.bool("commit") ?? commitsOrders
    late = try fields.choice("late") ?? late
    edited = try fields.choice("edited") ?? edited
    same = try fields.choice("same") ?? same
    let rows = try fields.take("rows")
    let documents = try fields.take("documents")
    rules = try rows.map { value throws(ImportError) in try RowRule.rules(value, columns) } ?? []
    if let documents { rules += try RowRule.kinds(documents) }
    if rows == nil && documents == nil {
      throw .mapping("the mapping lacks \"documents\" or \"rows\": what quantities mean")
    }
    if let value = try fields.take("opening") { try readOpening(value) }
  }

  private func readFill(_ fields: inout MappingFields) throws(ImportError) -> Bool {
    switch try fields.string("fill") {
    case nil, "none"?: return false
    case "down"?: return true
    case let text?: throw .mapping("\"fill\" is \"\(text)\"; it may be \"down\", \"none\"")
    }
  }

  private mutating func readOpening(_ value: JSONValue) throws(ImportError) {
    var fields = try MappingFields(value, of: "\"opening\"")
    let quantity = try fields.number("quantity", in: 0...Limits.maxQuantity)
    let percent = try fields.number("percent_of_demand", in: 0...1_000_000)
    // "/" and a number come after it.
    openingKey = try fields.name("key", maximum: 40) ?? openingKey
    try fields.end()
    switch (quantity, percent) {
    case (nil, nil): opening = .none
    case (let quantity?, nil): opening = .quantity(quantity)
    case (nil, let percent?): opening = .percentOfDemand(percent)
    default: throw .mapping("\"opening\" has either \"quantity\" or \"percent_of_demand\", not both")
    }
  }
}
