import TallyText
import Tallystick

/// A mapping made from the names of a file's columns and from what stands in them.
struct MappingGuess {
  private let sample: FileSample
  private(set) var notes: [String] = []
  private var used = Set<Int>()

  init(_ sample: FileSample) { self.sample = sample }

  /// Words that stand in the names of columns, in small letters, the better ones first.
  private static let words: [(key: String, words: [String])] = [
    (
      "document",
      [
        "order number", "order id", "order no", "order #", "invoice", "bestellnummer", "document", "order", "voucher",
        "reference", "txn", "transaction", "belegnummer", "number", "id", "name",
      ]
    ),
    (
      "sku",
      [
        "sku", "stock code", "stockcode", "item code", "article", "artikelnummer", "product code", "barcode", "product",
        "item",
      ]
    ),
    ("quantity", ["quantity", "qty", "menge", "anzahl", "units", "count", "amount"]),
    ("time", ["date", "created", "time", "datum", "when"]),
    ("customer", ["customer", "buyer", "email", "kunde", "client"]),
    ("location", ["location", "warehouse", "lager", "store", "wh", "source_code"]),
  ]

  private static let formats = [
    "iso8601", "%Y-%m-%d %H:%M:%S %z", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y", "%m/%d/%y", "%d/%m/%y", "%m-%d-%y", "%b-%d-%y", "%d %b %Y", "%b %d, %Y",
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%Y%m%d", "%s",
  ]

  /// The mapping file's text.
  mutating func mapping() -> String {
    var columns: [(String, Int)] = []
    for (key, words) in MappingGuess.words {
      if let column = find(words) {
        columns.append((key, column))
        used.insert(column)
      } else if key != "customer" && key != "location" {
        notes.append("no column looks like the \(key): fill in \"\(key)\"")
      }
    }
    func column(_ key: String) -> Int? { columns.first { $0.0 == key }?.1 }
    let isList = column("document") == nil && column("time") == nil && column("sku") != nil
    var lines = isList ? ["  \"document\": \"stock-list\""] : []
    if isList {
      notes = ["this looks like a list of what is on hand: give it a \"number\" if it is to be set only once"]
    }
    lines.append(
      "  \"columns\": {\n" + columns.map { "    \(quote($0.0)): \(quote(sample.names[$0.1]))" }.joined(separator: ",\n")
        + "\n  }")
    if sample.separator != UInt8(ascii: ",") {
      lines.append("  \"separator\": \(quote(String(Character(Unicode.Scalar(sample.separator)))))")
    }
    if let quantity = column("quantity") { lines += numbers(quantity) }
    if !isList {
      if let time = column("time") { lines += times(time) }
      lines.append("  \"rows\": [\n" + meanings(column("quantity")).joined(separator: ",\n") + "\n  ]")
    }
    let rest = sample.names.indices.filter { !used.contains($0) }.map { "\"\(sample.names[$0].printableStart)\"" }
    if !rest.isEmpty { notes.append("not understood: \(rest.joined(separator: ", "))") }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  private func find(_ words: [String]) -> Int? {
    let names = sample.names.map { $0.lowercased() }
    for word in words {
      if let exact = names.indices.first(where: { names[$0] == word && !used.contains($0) }) { return exact }
    }
    for word in words where word.utf8.count > 2 {
      if let part = names.indices.first(where: { names[$0].contains(word) && !used.contains($0) }) { return part }
    }
    return nil
  }

  /// How quantities are written.
  private mutating func numbers(_ column: Int) -> [String] {
    let values = sample.values(of: column)
    func fit(_ pattern: NumberPattern) -> Int { values.count { pattern.parse(Array($0.utf8)[...]) != nil } }
    var european = NumberPattern()
    european.decimal = UInt8(ascii: ",")
    let plain = fit(NumberPattern())
    if fit(european) > plain { return ["  \"decimal\": \",\""] }
    if plain < values.count {
      notes.append("\(values.count - plain) of the first \(values.count) quantities are no whole numbers")
    }
    return []
  }

  /// How dates are written, and in which order.
  private mutating func times(_ column: Int) -> [String] {
    let values = sample.values(of: column)
    let patterns = MappingGuess.formats.compactMap { try? TimePattern($0) }
    let fits = patterns.map { pattern in values.count { pattern.parse(Array($0.utf8)[...]) != nil } }
    guard let best = fits.max(), best > 0, let index = fits.firstIndex(of: best) else {
      notes.append("no known date fits \"\(sample.names[column].printableStart)\": fill in \"time_format\"")
      return ["  \"time_format\": \"?\""]
    }
    let rivals = patterns.indices.filter { fits[$0] == best && $0 != index && !values.isEmpty }
    if let rival = rivals.first, index != 0 {
      notes.append("dates may be \(patterns[index].text) or \(patterns[rival].text): see which")
    }
    let times = values.compactMap { patterns[index].parse(Array($0.utf8)[...]) }
    let goesUp = zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
    let goesDown = zip(times, times.dropFirst()).allSatisfy { $0 >= $1 }
    let order = goesUp ? [] : ["  \"order\": \(goesDown ? "\"newest-first\"" : "\"any\"")"]
    return ["  \"time_format\": \(quote(patterns[index].text))"] + order
  }

  /// What rows mean: by a column of few words if there is one, which only a person can fill in.
  private mutating func meanings(_ quantity: Int?) -> [String] {
    let names = sample.names.map { $0.lowercased() }
    let status = names.indices.first { index in
      !used.contains(index) && ["status", "type", "channel", "typ"].contains { names[index].contains($0) }
        && Set(sample.values(of: index)).count <= 20
    }
    guard let status else {
      notes.append("see whether rows are orders: positive quantities are proposed as sales, negative ones as returns")
      return ["    {\"positive\": \"sale\", \"negative\": \"return\"}"]
    }
    used.insert(status)
    let values = Set(sample.values(of: status)).sorted()
    notes.append("say what each \"\(sample.names[status].printableStart)\" means: what was not known is refused")
    return values.map { value in
      let then = MappingGuess.meaning(of: value.lowercased())
      return "    {\"when\": {\(quote(sample.names[status])): \(quote(value))}, \"then\": \"\(then)\"}"
    }
  }

  private static func meaning(of value: String) -> String {
    let known: [(String, [String])] = [
      ("cancel", ["cancel", "void", "storn", "failed"]), ("hold", ["pending", "hold", "open", "unpaid", "authorized"]),
      ("transfer-out", ["transfer_out", "transfer out"]), ("transfer-in", ["transfer_in", "transfer in"]),
      ("return", ["return", "refund"]), ("receive", ["receipt", "receive", "purchase"]), ("adjust", ["adjust"]),
      ("sale", ["paid", "complete", "shipped", "sale", "sold", "processing", "fulfilled", "bezahlt"]),
    ]
    return known.first { $0.1.contains { value.contains($0) } }?.0 ?? "refuse"
  }

  private func quote(_ text: String) -> String {
    var writer = JSONWriter()
    writer.string(text.utf8)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
