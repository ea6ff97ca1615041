import TallyRESP

/// What `COMMAND` tells: interactive clients show it as help while one types.
enum CommandDocs {
  private struct Entry {
    var name: String
    var arity: Int
    var isWrite: Bool
    var summary: String
    var syntax: String
    var group: StaticString
  }

  private static let entries: [Entry] =
    StockVerb.allCases.map {
      Entry(
        name: $0.name.lowercased(), arity: -$0.fewestWords, isWrite: $0.isWrite, summary: $0.summary, syntax: $0.syntax,
        group: "module")
    }
    + ConnectionCommand.allCases.map {
      Entry(name: $0.rawValue, arity: $0.arity, isWrite: false, summary: $0.summary, syntax: "", group: "connection")
    }

  /// - Parameter words: what stands behind `COMMAND`.
  static func answer(_ words: [[UInt8]], _ writer: inout WireWriter) {
    guard let subcommand = words.first else { return all(entries, &writer) }
    let names = words.dropFirst().map { String(decoding: $0, as: UTF8.self).lowercased() }
    if subcommand.isWord("COUNT") {
      writer.integer(entries.count)
    } else if subcommand.isWord("DOCS") {
      docs(names.isEmpty ? entries : entries.filter { names.contains($0.name) }, &writer)
    } else if subcommand.isWord("LIST") {
      writer.array(entries.count)
      for entry in entries { writer.bulk(entry.name) }
    } else if subcommand.isWord("INFO") {
      guard !names.isEmpty else { return all(entries, &writer) }
      writer.array(names.count)
      for name in names {
        if let entry = entries.first(where: { $0.name == name }) { write(entry, &writer) } else { writer.null() }
      }
    } else {
      writer.error("ERR unknown subcommand '\(subcommand.shown)'. Try COMMAND COUNT, DOCS, INFO, LIST.")
    }
  }

  private static func all(_ entries: [Entry], _ writer: inout WireWriter) {
    writer.array(entries.count)
    for entry in entries { write(entry, &writer) }
  }

  /// Name, arity, flags, and first, last and step of its keys: it has none that a cluster could go by.
  private static func write(_ entry: Entry, _ writer: inout WireWriter) {
    writer.array(6)
    writer.bulk(entry.name)
    writer.integer(entry.arity)
    writer.array(1)
    writer.bulk(entry.isWrite ? "write" : "readonly")
    for _ in 0..<3 { writer.integer(0) }
  }

  private static func docs(_ entries: [Entry], _ writer: inout WireWriter) {
    writer.map(entries.count)
    for entry in entries {
      writer.bulk(entry.name)
      writer.map(entry.syntax.isEmpty ? 3 : 4)
      writer.bulk("summary")
      writer.bulk(entry.summary)
      writer.bulk("since")
      writer.bulk(ServerInfo.version)
      writer.bulk("group")
      writer.bulk(entry.group)
      if !entry.syntax.isEmpty { arguments(entry.syntax, &writer) }
    }
  }

  /// The whole syntax as one argument: clients show its text as it is.
  private static func arguments(_ syntax: String, _ writer: inout WireWriter) {
    writer.bulk("arguments")
    writer.array(1)
    writer.map(3)
    writer.bulk("name")
    writer.bulk(syntax)
    writer.bulk("type")
    writer.bulk("string")
    writer.bulk("display_text")
    writer.bulk(syntax)
  }
}
