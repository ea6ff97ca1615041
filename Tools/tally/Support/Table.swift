/// Columns for people, as wide as what is in them.
struct Table {
  enum Alignment {
    case left, right
  }
  private let columns: [(title: String, alignment: Alignment)]
  private var rows: [[String]] = []

  init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

  mutating func add(_ cells: String...) { add(cells) }
  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The lines, the titles first.
  var lines: [String] {
    let titles = columns.map(\.title)
    var widths = titles.map(\.count)
    for row in rows {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
    }
    return ([titles] + rows).map { row in
      var line = ""
      for (index, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[index] - cell.count)
        if index > 0 { line += "  " }
        line += columns[index].alignment == .left ? cell + space : space + cell
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}
