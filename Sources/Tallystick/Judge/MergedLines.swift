/// The lines of a command with each item once.
struct MergedLines {
  /// Known items, ascending by number.
  var entries: [LineEntry] = []
  /// Items that do not exist, in the order in which they were named.
  var unknown: [Line] = []

  /// Adds lines of one item up. The sum of 4,096 quantities stays below 2^66, so it is cut off at 2^62, far beyond what
  /// any rule accepts.
  static func merge(_ lines: [Line]) -> [Line] {
    if lines.count == 1 { return lines }
    var merged = [Line]()
    merged.reserveCapacity(lines.count)
    var places: [ItemName: Int] = [:]
    for line in lines {
      if let place = places[line.item] {
        merged[place].quantity = min(1 << 62, merged[place].quantity + line.quantity)
      } else {
        places[line.item] = merged.count
        merged.append(line)
      }
    }
    return merged
  }

  init() {}

  init(_ lines: [Line], _ state: borrowing State) {
    for line in MergedLines.merge(lines) {
      if let number = state.number(of: line.item) {
        entries.append(LineEntry(item: number, quantity: line.quantity))
      } else {
        unknown.append(line)
      }
    }
    if entries.count > 1 { entries.sort { $0.item < $1.item } }
  }
}
