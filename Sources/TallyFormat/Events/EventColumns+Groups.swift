/// Where the group of each kind stands. A new kind is a new case here, and the compiler asks for it.
extension EventColumns {
  /// Rows of `kind`.
  @inline(__always) func count(of kind: EventKind) -> Int {
    switch kind {
    case .itemRegistered: registered.count
    case .received: received.count
    case .reserved: reserved.count
    case .committed: committed.count
    case .released: released.count
    case .expired: expired.count
    case .returned: returned.count
    case .adjusted: adjusted.count
    case .transferred: transferred.count
    case .limitSet: limits.count
    case .batch: batches.count
    case .extended: extended.count
    case .amended: amended.count
    case .committedMore: committedMore.count
    case .transferredWith: transferredWith.count
    case .returnedOf: returnedOf.count
    case .reopened: reopened.count
    case .floorSet: floors.count
    case .waiting: waiting.count
    case .filled: filled.count
    case .recipeSet: recipes.count
    case .preferenceSet: preferences.count
    case .acknowledged: acknowledged.count
    case .consumerForgotten: forgotten.count
    case .refused: refused.count
    }
  }

  /// Hands each column of `kind` to `visitor`, in place.
  mutating func changeColumns<V: ColumnVisitor>(of kind: EventKind, _ visitor: inout V) throws(V.Failure) {
    switch kind {
    case .itemRegistered: try registered.visitColumns(&visitor, of: kind)
    case .received: try received.visitColumns(&visitor, of: kind)
    case .reserved: try reserved.visitColumns(&visitor, of: kind)
    case .committed: try committed.visitColumns(&visitor, of: kind)
    case .released: try released.visitColumns(&visitor, of: kind)
    case .expired: try expired.visitColumns(&visitor, of: kind)
    case .returned: try returned.visitColumns(&visitor, of: kind)
    case .adjusted: try adjusted.visitColumns(&visitor, of: kind)
    case .transferred: try transferred.visitColumns(&visitor, of: kind)
    case .limitSet: try limits.visitColumns(&visitor, of: kind)
    case .batch: try batches.visitColumns(&visitor, of: kind)
    case .extended: try extended.visitColumns(&visitor, of: kind)
    case .amended: try amended.visitColumns(&visitor, of: kind)
    case .committedMore: try committedMore.visitColumns(&visitor, of: kind)
    case .transferredWith: try transferredWith.visitColumns(&visitor, of: kind)
    case .returnedOf: try returnedOf.visitColumns(&visitor, of: kind)
    case .reopened: try reopened.visitColumns(&visitor, of: kind)
    case .floorSet: try floors.visitColumns(&visitor, of: kind)
    case .waiting: try waiting.visitColumns(&visitor, of: kind)
    case .filled: try filled.visitColumns(&visitor, of: kind)
    case .recipeSet: try recipes.visitColumns(&visitor, of: kind)
    case .preferenceSet: try preferences.visitColumns(&visitor, of: kind)
    case .acknowledged: try acknowledged.visitColumns(&visitor, of: kind)
    case .consumerForgotten: try forgotten.visitColumns(&visitor, of: kind)
    case .refused: try refused.visitColumns(&visitor, of: kind)
    }
  }

  /// Hands each column of `kind` to a visitor that only looks: what it has are references to the same memory, a few
  /// counts for a group.
  func readColumns<V: ColumnVisitor>(of kind: EventKind, _ visitor: inout V) throws(V.Failure) {
    func read(_ group: some ColumnGroup) throws(V.Failure) {
      var group = group
      try group.visitColumns(&visitor, of: kind)
    }
    switch kind {
    case .itemRegistered: try read(registered)
    case .received: try read(received)
    case .reserved: try read(reserved)
    case .committed: try read(committed)
    case .released: try read(released)
    case .expired: try read(expired)
    case .returned: try read(returned)
    case .adjusted: try read(adjusted)
    case .transferred: try read(transferred)
    case .limitSet: try read(limits)
    case .batch: try read(batches)
    case .extended: try read(extended)
    case .amended: try read(amended)
    case .committedMore: try read(committedMore)
    case .transferredWith: try read(transferredWith)
    case .returnedOf: try read(returnedOf)
    case .reopened: try read(reopened)
    case .floorSet: try read(floors)
    case .waiting: try read(waiting)
    case .filled: try read(filled)
    case .recipeSet: try read(recipes)
    case .preferenceSet: try read(preferences)
    case .acknowledged: try read(acknowledged)
    case .consumerForgotten: try read(forgotten)
    case .refused: try read(refused)
    }
  }

  /// Cuts each group to the rows that the cursor has passed, and keeps the memory.
  mutating func truncateGroups(to cursor: Cursor) {
    // Every column, whatever the group's count: a refused payload leaves some longer than others.
    for kind in EventKind.ordered {
      var cutter = ColumnCutter(count: cursor.passed(kind))
      changeColumns(of: kind, &cutter)
    }
    effective.truncate(to: cursor.row)
    asked.truncate(to: cursor.row)
  }

  /// Bytes of memory that the columns have, filled or not. Some 60 additions, whatever the number of events.
  public var memoryBytes: Int {
    var measure = ColumnMeasure(bytes: kinds.capacity + times.capacity * 8 + effective.memoryBytes + asked.memoryBytes)
    for kind in EventKind.ordered { readColumns(of: kind, &measure) }
    return measure.bytes
  }

  /// The sequence numbers of the rows of `kind`.
  func sequences(of kind: EventKind) -> [UInt64] {
    var sequences = [UInt64]()
    sequences.reserveCapacity(count(of: kind))
    for (row, tag) in kinds.enumerated() where tag >> 1 == kind.rawValue {
      sequences.append(firstSequence + UInt64(row))
    }
    return sequences
  }
}

/// Forgets all rows but the first `count` of a group.
private struct ColumnCutter: ColumnVisitor {
  let count: Int

  private func cut<T>(_ values: inout [T]) {
    if count < values.count { values.removeSubrange(count...) }
  }

  func visit(_ column: inout StringColumn, _ role: TextRole) { column.truncate(to: count) }
  func visit(_ column: inout LineColumn, atLeast minimum: UInt64) { column.truncate(to: count) }
  func visit(_ column: inout KeyColumn) { column.truncate(to: count) }
  func visit<F: NumberForm>(_ column: inout [F.Value], _ form: F.Type) { cut(&column) }
  func visit(references column: inout [UInt64]) { cut(&column) }
  func visit(_ column: inout ResultColumn) { column.truncate(to: count) }
  func visit(_ column: inout HoldColumn, of kind: EventKind) { column.truncate(to: count) }
}

/// Adds up the memory of columns.
private struct ColumnMeasure: ColumnVisitor {
  var bytes: Int

  mutating func visit(_ column: inout StringColumn, _ role: TextRole) { bytes += column.memoryBytes }
  mutating func visit(_ column: inout LineColumn, atLeast minimum: UInt64) { bytes += column.memoryBytes }
  mutating func visit(_ column: inout KeyColumn) { bytes += column.memoryBytes }
  mutating func visit<F: NumberForm>(_ column: inout [F.Value], _ form: F.Type) {
    bytes += column.capacity * MemoryLayout<F.Value>.stride
  }
  mutating func visit(references column: inout [UInt64]) { bytes += column.capacity * 8 }
  mutating func visit(_ column: inout ResultColumn) { bytes += column.memoryBytes }
  mutating func visit(_ column: inout HoldColumn, of kind: EventKind) { bytes += column.memoryBytes }
}
