/// Looks at the texts of events, whatever kinds of events and columns there are.
public protocol TextVisitor {
  /// Looks at one column.
  ///
  /// - Parameters:
  ///   - column: one string for each event of `kind`; not all of them need be there: see ``TextRole/minimumBytes``.
  ///   - role: what the strings are.
  ///   - kind: whose column it is.
  mutating func visit(_ column: StringColumn, _ role: TextRole, of kind: EventKind)
}

extension EventColumns {
  /// Hands every column with texts of `kind` to `visitor` and gives it back.
  public func visitTexts<V: TextVisitor>(of kind: EventKind, _ visitor: consuming V) -> V {
    guard count(of: kind) > 0 else { return visitor }
    var texts = ColumnTexts(kind: kind, visitor: visitor)
    readColumns(of: kind, &texts)
    return texts.visitor
  }

  /// Hands every column with texts that has some to `visitor`, kind by kind, and gives it back.
  public func visitTexts<V: TextVisitor>(_ visitor: consuming V) -> V {
    var visitor = visitor
    for kind in EventKind.ordered { visitor = visitTexts(of: kind, visitor) }
    return visitor
  }

  /// The keys that events of `kind` may carry.
  @inlinable public func keys(of kind: EventKind) -> KeyColumn? {
    switch kind {
    case .received: received.keys
    case .returned: returned.keys
    case .committed: committed.keys
    case .released: released.keys
    case .adjusted: adjusted.keys
    case .transferred: transferred.keys
    case .limitSet: limits.keys
    case .batch: batches.keys
    case .extended: extended.keys
    case .amended: amended.keys
    case .committedMore: committedMore.keys
    case .transferredWith: transferredWith.keys
    case .returnedOf: returnedOf.keys
    case .reopened: reopened.keys
    case .floorSet: floors.keys
    case .recipeSet: recipes.keys
    case .preferenceSet: preferences.keys
    case .itemRegistered, .reserved, .expired, .waiting, .filled, .acknowledged, .consumerForgotten, .refused: nil
    }
  }

  /// The ids or keys of a kind's events: one name space.
  @inlinable public func names(of kind: EventKind) -> StringColumn? {
    switch kind {
    case .reserved: reserved.ids
    case .waiting: waiting.ids
    default: keys(of: kind)?.keys
    }
  }

  /// The sequence number of the reservation that an event settles, fills or changes, or whose goods come back.
  @inlinable public func reference(of row: Row) -> UInt64? {
    switch row.kind {
    case .committed: committed.references[row.ordinal]
    case .released: released.references[row.ordinal]
    case .expired: expired.references[row.ordinal]
    case .extended: extended.references[row.ordinal]
    case .amended: amended.references[row.ordinal]
    case .committedMore: committedMore.references[row.ordinal]
    case .returnedOf: returnedOf.references[row.ordinal]
    case .filled: filled.references[row.ordinal]
    case .reopened: reopened.references[row.ordinal]
    case .itemRegistered, .received, .reserved, .returned, .adjusted, .transferred, .limitSet, .batch,
      .transferredWith, .floorSet, .recipeSet, .preferenceSet, .waiting, .acknowledged, .consumerForgotten, .refused:
      nil
    }
  }

  /// The idempotency key of an event that carries one, and the digest of what it was used for.
  @inlinable public func key(of row: Row) -> (Name, ContentDigest)? {
    guard let column = keys(of: row.kind), !column.keys.range(row.ordinal).isEmpty else { return nil }
    return (column.keys[row.ordinal], column.digests[row.ordinal])
  }
}

/// Passes the texts on and leaves the rest.
private struct ColumnTexts<V: TextVisitor>: ColumnVisitor {
  let kind: EventKind
  var visitor: V

  mutating func visit(_ column: inout StringColumn, _ role: TextRole) { visitor.visit(column, role, of: kind) }
  mutating func visit(_ column: inout KeyColumn) { visitor.visit(column.keys, .key, of: kind) }
  func visit(_ column: inout LineColumn, atLeast minimum: UInt64) {}
  func visit<F: NumberForm>(_ column: inout [F.Value], _ form: F.Type) {}
  func visit(references column: inout [UInt64]) {}
  func visit(_ column: inout ResultColumn) {}
  func visit(_ column: inout HoldColumn, of kind: EventKind) {}
}
