import TallyTestSupport
import Testing

@testable import TallyFormat

/// That a column has one place: what a group declares, it lists, and what it lists is filled, coded and cut.
@Suite("Groups of columns")
struct ColumnGroupTests {
  /// Rows of every kind, at least one of each.
  private func everyKind(_ rows: inout RandomRows) -> EventColumns {
    var columns = EventColumns(firstSequence: 1_000)
    for kind in EventKind.allCases {
      for _ in 0..<rows.random.number(1...9) { rows.append(kind, to: &columns) }
    }
    columns.setLastMore(false)
    return columns
  }

  /// The groups of columns, found by looking and not by any list.
  private func groups(of columns: EventColumns) -> [String: any ColumnGroup] {
    Mirror(reflecting: columns).children.reduce(into: [:]) { groups, child in
      if let group = child.value as? any ColumnGroup { groups[child.label ?? "?"] = group }
    }
  }

  @Test("are as many as there are kinds, and each kind reaches one that no other does", arguments: Seeds.few(3))
  func reach(seed: UInt64) {
    var rows = RandomRows(seed: seed)
    for kind in EventKind.allCases {
      var columns = EventColumns(firstSequence: 1)
      #expect(groups(of: columns).count == EventKind.allCases.count)
      let rowCount = rows.random.number(1...9)
      for _ in 0..<rowCount { rows.append(kind, to: &columns) }
      #expect(groups(of: columns).values.map(\.count).filter { $0 > 0 } == [rowCount], "\(kind)")
      for other in EventKind.allCases { #expect(columns.count(of: other) == (other == kind ? rowCount : 0)) }
      #expect(columns.end.passed(kind) == rowCount)
      #expect(columns.last?.kind == kind && columns.last?.ordinal == rowCount - 1)
    }
  }

  @Test("list every column that they declare, and appending fills each of them", arguments: Seeds.few(3))
  func listed(seed: UInt64) throws {
    var rows = RandomRows(seed: seed)
    for kind in EventKind.allCases {
      var columns = EventColumns(firstSequence: 1)
      for _ in 0..<5 { rows.append(kind, to: &columns) }
      let group = try #require(groups(of: columns).values.first { $0.count > 0 })
      var counter = ColumnCounter()
      columns.readColumns(of: kind, &counter)
      // Commits and releases share a group, and only releases say whether an adjust made them.
      let absent = kind == .committed ? 1 : 0
      #expect(counter.counts.count == Mirror(reflecting: group).children.count - absent, "\(kind)")
      #expect(counter.counts.allSatisfy { $0 == 5 }, "\(kind): \(counter.counts)")
      #expect(columns.committed.byAdjust.isEmpty)
    }
  }

  @Test("come back from a payload column by column, and are cut and measured the same way", arguments: Seeds.few(10))
  func coded(seed: UInt64) throws {
    var rows = RandomRows(seed: seed)
    var columns = everyKind(&rows)
    let replay = "\(Seeds.replay(seed, of: "ColumnGroupTests"))"
    var decoded = try EventColumns.decode(columns.payload)
    for kind in EventKind.allCases {
      let (here, there) = (groups(of: columns), groups(of: decoded))
      for (label, group) in here {
        let isBack = areEqual(group, there[label] ?? emptied(group))
        #expect(isBack, "\(label), \(replay)")
      }
      // Whatever is changed in any column shows in the payload: none is passed over.
      let payload = decoded.payload
      for place in 0..<columnCount(of: kind, columns) {
        var changed = columns
        var changer = ColumnChanger(place: place)
        changed.changeColumns(of: kind, &changer)
        #expect(changed != columns, "\(kind), column \(place), \(replay)")
        #expect(changed.payload != payload, "\(kind), column \(place), \(replay)")
      }
    }
    let memory = decoded.memoryBytes
    #expect(memory > columns.count * 9)
    decoded.reset(firstSequence: 1)
    for kind in EventKind.allCases {
      var counter = ColumnCounter()
      decoded.readColumns(of: kind, &counter)
      #expect(counter.counts.allSatisfy { $0 == 0 })
    }
    #expect(decoded.memoryBytes == memory)
    columns.truncateGroups(to: EventColumns.Cursor())
    for (label, group) in groups(of: columns) {
      let isEmpty = areEqual(group, emptied(group))
      #expect(isEmpty, "\(label), \(replay)")
    }
  }

  @Test("a payload refused in the middle of any column leaves nothing behind", arguments: Seeds.few(4))
  func refused(seed: UInt64) {
    var rows = RandomRows(seed: seed)
    let payload = everyKind(&rows).payload
    var columns = EventColumns(firstSequence: 1)
    let body = payload.drop { $0 >= 0x80 }.dropFirst()
    for length in 0..<body.count {
      // The length of the whole is right, so that the decoder gets as far as the bytes do.
      var out = ByteWriter()
      out.varint(UInt64(length))
      out.raw(body.prefix(length))
      out.bytes.withUnsafeBytes { bytes in
        do throws(MalformedBytes) {
          try columns.refill(from: bytes)
          Issue.record("\(length) of \(body.count) bytes were enough")
        } catch {}
      }
      columns.reset(firstSequence: 1)
      #expect(columns == EventColumns(firstSequence: 1), "\(length) bytes")
    }
  }

  @Test("names and keys of a kind are those columns that are visited as such", arguments: Seeds.few(3))
  func names(seed: UInt64) {
    var rows = RandomRows(seed: seed)
    let columns = everyKind(&rows)
    for kind in EventKind.allCases {
      let texts = columns.visitTexts(of: kind, TextCollector()).found
      let identities = texts.filter(\.role.isIdentity)
      #expect(identities.count <= 1, "\(kind)")
      #expect(identities.first?.column == columns.names(of: kind), "\(kind)")
      #expect(texts.first { $0.role == .key }?.column == columns.keys(of: kind)?.keys, "\(kind)")
    }
    let all = columns.visitTexts(TextCollector()).found
    #expect(Set(all.map(\.role)) == Set(TextRole.allCases))
    #expect(Set(all.map { "\($0.kind) \($0.role)" }).count == all.count)
  }

  @Test("a cursor has a counter for each kind")
  func counters() {
    let counters = MemoryLayout.size(ofValue: EventColumns.Cursor().ordinals) / MemoryLayout<Int>.stride
    #expect(EventKind.allCases.allSatisfy { Int($0.rawValue) < counters && $0.rawValue < 32 })
    // The decoder tells unknown kinds by that.
    #expect(EventKind.allCases.map { Int($0.rawValue) } == Array(1...EventKind.allCases.count))
  }

  private func columnCount(of kind: EventKind, _ columns: EventColumns) -> Int {
    var counter = ColumnCounter()
    columns.readColumns(of: kind, &counter)
    return counter.counts.count
  }

  private func areEqual<G: ColumnGroup>(_ group: G, _ other: any ColumnGroup) -> Bool { other as? G == group }

  /// Of the group's type, without rows.
  private func emptied(_ group: any ColumnGroup) -> any ColumnGroup {
    let empty = EventColumns(firstSequence: 1)
    return groups(of: empty).values.first { type(of: $0) == type(of: group) } ?? group
  }
}

/// Counts the rows of each column.
private struct ColumnCounter: ColumnVisitor {
  var counts: [Int] = []

  mutating func visit(_ column: inout StringColumn, _ role: TextRole) { counts.append(column.count) }
  mutating func visit(_ column: inout LineColumn, atLeast minimum: UInt64) { counts.append(column.count) }
  mutating func visit(_ column: inout KeyColumn) { counts.append(column.count) }
  mutating func visit<F: NumberForm>(_ column: inout [F.Value], _ form: F.Type) { counts.append(column.count) }
  mutating func visit(references column: inout [UInt64]) { counts.append(column.count) }
  mutating func visit(_ column: inout ResultColumn) { counts.append(column.count) }
  mutating func visit(_ column: inout HoldColumn, of kind: EventKind) { counts.append(column.count) }
}

/// Changes the first row of one column.
private struct ColumnChanger: ColumnVisitor {
  var place: Int

  private mutating func isHere() -> Bool {
    defer { place -= 1 }
    return place == 0
  }

  mutating func visit(_ column: inout StringColumn, _ role: TextRole) {
    guard isHere() else { return }
    var changed = StringColumn()
    for index in 0..<column.count { changed.append(index == 0 ? Name("another, surely") : column[index]) }
    column = changed
  }

  mutating func visit(_ column: inout LineColumn, atLeast minimum: UInt64) {
    guard isHere() else { return }
    var changed = LineColumn()
    for index in 0..<column.count {
      changed.append(Array(column[index]) + (index == 0 ? [LineEntry(item: ItemNumber(.max), quantity: 77)] : []))
    }
    column = changed
  }

  mutating func visit(_ column: inout KeyColumn) {
    guard isHere() else { return }
    var changed = KeyColumn()
    for index in 0..<column.count {
      let key = column.keys[index]
      changed.append(
        index == 0 ? Name("another, surely") : key.isEmpty ? nil : key,
        index == 0 ? ContentDigest(high: 1, low: 2) : column.digests[index])
    }
    column = changed
  }

  mutating func visit<F: NumberForm>(_ column: inout [F.Value], _ form: F.Type) {
    guard isHere() else { return }
    column[0] = F.value(F.number(column[0]) == 0 ? 1 : 0)
  }

  mutating func visit(references column: inout [UInt64]) {
    guard isHere() else { return }
    column[0] = column[0] == 1 ? 2 : column[0] - 1
  }

  mutating func visit(_ column: inout HoldColumn, of kind: EventKind) {
    guard isHere() else { return }
    var changed = HoldColumn()
    for index in 0..<column.count {
      changed.append(column[index] + (index == 0 ? [.init(reservation: 1, quantity: 77)] : []))
    }
    column = changed
  }

  mutating func visit(_ column: inout ResultColumn) {
    guard isHere() else { return }
    var changed = ResultColumn()
    for index in 0..<column.count {
      changed.append(
        column[index].map { .init(sequence: $0.sequence, isRepeat: index == 0 ? !$0.isRepeat : $0.isRepeat) })
    }
    column = changed
  }
}

private struct TextCollector: TextVisitor {
  var found: [(column: StringColumn, role: TextRole, kind: EventKind)] = []

  mutating func visit(_ column: StringColumn, _ role: TextRole, of kind: EventKind) {
    found.append((column, role, kind))
  }
}
