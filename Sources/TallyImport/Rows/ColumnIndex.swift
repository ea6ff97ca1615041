import Tallystick

/// Where the mapping's columns stand in a file's records.
struct ColumnIndex {
  /// A mapping's column: the positions that may have it, the first of them that has something counts.
  struct Column {
    var positions: [Int]
    var first: Int { positions[0] }
  }

  let names: [String]
  /// For messages.
  private let separator: UInt8

  /// - Parameter names: of the file's columns, in order.
  init(names: [String], separator: UInt8) {
    self.names = names
    self.separator = separator
  }

  /// Of several names, those that the file lacks are passed over as long as it has one of them.
  ///
  /// - Throws: ``ImportError/input(_:)`` if the header lacks a column of the mapping or has it twice.
  func find(_ column: ImportMapping.Column) throws(ImportError) -> Column {
    var positions = [Int]()
    for name in column.names {
      let found = names.indices.filter { names[$0] == name }
      guard let first = found.first else { continue }
      guard found.count == 1 else { throw .input("the first line has the column \"\(name)\" \(found.count) times") }
      positions.append(first)
    }
    if positions.isEmpty { throw .input(missing(column.names.first ?? "")) }
    return Column(positions: positions)
  }

  func find(_ column: ImportMapping.Column?) throws(ImportError) -> Column? {
    guard let column else { return nil }
    return try find(column) as Column
  }

  /// Columns whose names promise a meaning of their rows.
  func meaningful(besides used: [ImportMapping.Column]) -> [String] {
    let used = Set(used.flatMap(\.names))
    return names.filter { name in
      let words = name.lowercased().split { !$0.isLetter }
      return !used.contains(name)
        && words.contains { ["status", "state", "type", "cancelled", "canceled"].contains($0) }
    }
  }

  private func missing(_ name: String) -> String {
    let all = names.prefix(60).map { "\"\($0.printableStart)\"" }.joined(separator: ", ")
    return "there is no column \"\(name)\" in the first line, which has \(all)"
      + (separatorHint ?? nearHint(name) ?? "")
  }

  /// What the first line looks separated by, if it is not what the mapping says.
  private var separatorHint: String? {
    guard names.count <= 2 else { return nil }
    let line = names.joined()
    let counts = [",", ";", "\t", "|"].map { text in (text, line.utf8.count { $0 == text.utf8.first }) }
    guard let (text, count) = counts.max(by: { $0.1 < $1.1 }), count > 0, text.utf8.first != separator else {
      return nil
    }
    let written = text == "\t" ? "\\t" : text
    return "; the first line looks separated by '\(written)': say \"separator\": \"\(written)\" in the mapping"
  }

  /// A column that differs in case, blanks or a mark only.
  private func nearHint(_ name: String) -> String? {
    func plain(_ text: String) -> [UInt8] {
      text.utf8.map { $0 | 0x20 }.filter { $0 &- 97 < 26 || $0 &- 48 < 10 || $0 >= 0x80 }
    }
    guard let near = names.first(where: { plain($0) == plain(name) }) else { return nil }
    return "; did you mean \"\(near.printableStart)\"?"
  }
}

extension String {
  /// Its first characters, so that nothing in a file reaches a terminal as a control sequence or floods it.
  var printableStart: String {
    let shown = unicodeScalars.prefix(40).map { $0.value < 0x20 || 0x7F...0x9F ~= $0.value ? "?" : String($0) }
    return "\(shown.joined())\(unicodeScalars.count > 40 ? "…" : "")"
  }
}
