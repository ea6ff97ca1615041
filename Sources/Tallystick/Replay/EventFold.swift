/// What a replay feeds: a plain state, or a judge that also learns names.
protocol EventFold {
  var state: State { get set }
  /// Folds one row; returns the rule that it breaks. The form of names is the replay's to judge (``NameRules``).
  mutating func fold(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Rule?
}

extension EventFold {
  /// Folds the rows from the cursor up to `limit`: one access to each class property a frame instead of one a row.
  ///
  /// - Returns: the rule that a row breaks, and the row's sequence number.
  @inline(__always)
  mutating func fold(
    _ columns: inout EventColumns, from cursor: inout EventColumns.Cursor, before limit: Int
  ) -> (Rule, UInt64)? {
    while cursor.row < limit, let row = columns.next(&cursor) {
      if let rule = fold(&columns, row) { return (rule, row.sequence) }
    }
    return nil
  }
}

extension State: EventFold {
  var state: State {
    // Coroutines: a getter would copy the state for every row that a visitor sees.
    _read { yield self }
    _modify { yield &self }
  }
}

extension Judge: EventFold {
  mutating func fold(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Rule? {
    switch row.kind {
    case .reserved:
      // Closures that named the judge would copy it for every row.
      let hash = hash
      let fingerprint = columns.reserved.ids.withBytes(row.ordinal) { hash($0) }
      if !isNew(fingerprint, history) {
        let name = columns.reserved.ids[row.ordinal]
        guard case .nothing = name.bytes.withUnsafeBufferPointer({ known($0, fingerprint) }) else { return .idReused }
      }
      if let rule = state.fold(&columns, row) { return rule }
      remember(fingerprint)
      return nil
    case .waiting:
      let name = columns.waiting.ids[row.ordinal]
      guard case .nothing = known(name) else { return .idReused }
      if let rule = state.fold(&columns, row) { return rule }
      remember(hash(name))
      return nil
    case .itemRegistered, .received, .committed, .released, .expired, .returned, .adjusted, .transferred, .limitSet,
      .batch, .extended, .amended, .committedMore, .transferredWith, .returnedOf, .floorSet, .recipeSet, .preferenceSet,
      .reopened, .filled, .acknowledged, .consumerForgotten, .refused:
      let key = columns.key(of: row)
      if let key {
        guard case .nothing = known(key.0) else { return .idReused }
      }
      if let rule = state.fold(&columns, row) { return rule }
      if let key {
        rememberKey(key.0, key.1, results: row.kind == .batch ? Array(columns.batches.results(row.ordinal)) : [])
      }
      return nil
    }
  }
}
