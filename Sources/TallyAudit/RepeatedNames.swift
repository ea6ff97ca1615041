import TallyFormat

/// Reads the log again to find which names with suspect fingerprints really occur twice, and where.
struct RepeatedNames {
  let suspects: Set<UInt64>
  let hasher: NameHasher
  private var firstUse: [Name: UInt64] = [:]
  private(set) var violations: Violations

  init(_ suspects: Set<UInt64>, hasher: NameHasher, violationLimit: Int) {
    self.suspects = suspects
    self.hasher = hasher
    violations = Violations(limit: violationLimit)
  }

  /// Judges the names of one frame; frames come in the log's order.
  mutating func judge(_ frame: PreparedFrame) {
    violations.position = frame.position
    // A column at a time, then by event: most frames have no suspect at all.
    var uses: [(row: Int, name: Name)] = []
    let columns = frame.columns
    if hasSuspect(columns) {
      var cursor = EventColumns.Cursor()
      while let row = columns.next(&cursor) {
        guard let names = columns.names(of: row.kind), !names.range(row.ordinal).isEmpty else { continue }
        uses.append((cursor.row - 1, names[row.ordinal]))
      }
    }
    for (row, name) in uses where isSuspect(name) {
      let sequence = columns.firstSequence + UInt64(row)
      if let first = firstUse[name] {
        violations.report(.idReused, sequence, "“\(name)” was used by event \(first) already")
      } else {
        firstUse[name] = sequence
      }
    }
  }

  private func isSuspect(_ name: Name) -> Bool {
    var column = StringColumn()
    column.append(name)
    var answer = false
    hasher.forEach(in: column) { answer = suspects.contains($0) }
    return answer
  }

  private func hasSuspect(_ columns: EventColumns) -> Bool {
    var answer = false
    for kind in EventKind.allCases {
      guard let names = columns.names(of: kind) else { continue }
      hasher.forEach(in: names) { answer = answer || suspects.contains($0) }
    }
    return answer
  }
}
