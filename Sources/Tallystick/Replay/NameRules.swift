/// Judges whether the names and texts of replayed events are such; lengths are the decoder's. The rule is
/// ``Rule/nameForm``.
enum NameRules {
  /// False if some string of the frame might be wrong. Strings of a column stand back to back, and plain ASCII needs no
  /// look at their borders: a fraction of a nanosecond a byte.
  static func arePlain(_ columns: inout EventColumns) -> Bool {
    isPlain(columns.registered.skus, mayBeEmpty: false) && isPlain(columns.registered.locations, mayBeEmpty: false)
      && isPlain(columns.reserved.ids, mayBeEmpty: false) && isPlain(columns.reserved.customers)
      && isPlain(columns.received.references) && isPlain(columns.returned.references)
      && isPlain(columns.adjusted.reasons) && isPlain(columns.received.keys.keys)
      && isPlain(columns.returned.keys.keys) && isPlain(columns.committed.keys.keys)
      && isPlain(columns.released.keys.keys) && isPlain(columns.adjusted.keys.keys)
      && isPlain(columns.transferred.keys.keys) && isPlain(columns.limits.keys.keys)
      && isPlain(columns.batches.keys.keys)
  }

  private static func isPlain(_ column: StringColumn, mayBeEmpty: Bool = true) -> Bool {
    // Without a branch in the loop the compiler takes 16 or 32 bytes at a time.
    var odd: UInt8 = 0
    for byte in column.bytes { odd |= byte &- 0x20 >= 0x5F ? 1 : 0 }
    if odd != 0 { return false }
    if mayBeEmpty { return true }
    var start: UInt32 = 0
    for end in column.ends {
      if end == start { return false }
      start = end
    }
    return true
  }

  /// Whether every string of one event is what it should be.
  static func admits(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Bool {
    let ordinal = row.ordinal
    func isName(_ column: StringColumn, minimum: Int = 1, maximum: Int = Limits.maxNameBytes) -> Bool {
      column.withBytes(ordinal) { Name.flaw(of: $0, minimum: minimum, maximum: maximum) == nil }
    }
    func isText(_ column: StringColumn) -> Bool { isName(column, minimum: 0, maximum: Limits.maxTextBytes) }
    if let (key, _) = columns.key(of: row), key.flaw() != nil { return false }
    switch row.kind {
    case .itemRegistered: return isName(columns.registered.skus) && isName(columns.registered.locations)
    case .reserved: return isName(columns.reserved.ids) && isName(columns.reserved.customers, minimum: 0)
    case .received: return isText(columns.received.references)
    case .returned: return isText(columns.returned.references)
    case .adjusted: return isText(columns.adjusted.reasons)
    default: return true
    }
  }
}
