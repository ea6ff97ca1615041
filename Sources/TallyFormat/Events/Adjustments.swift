extension EventColumns {
  /// `adjusted`.
  public struct Adjustments: ColumnGroup {
    /// Whose on hand it is.
    public internal(set) var items: [ItemNumber] = []
    /// True: the command said what on hand is to be; false: by how much it changes.
    public internal(set) var isTo: [Bool] = []
    /// What on hand is to be, or by how much it changes: see ``isTo``.
    public internal(set) var changes: [Int64] = []
    /// Up to 256 bytes each; no bytes: none was given.
    public internal(set) var reasons = StringColumn()
    /// 0: none, 1: newest, 2: oldest, 3: newest and 4: oldest, but only the units that are missing.
    public internal(set) var policies: [UInt8] = []
    /// One an event; no bytes where it has no key.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { items.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&items, ItemForm.self)
      try visitor.visit(&isTo, FlagForm.self)
      try visitor.visit(&changes, ChangeForm.self)
      try visitor.visit(&reasons, .reason)
      try visitor.visit(&policies, PolicyForm.self)
      try visitor.visit(&keys)
    }
  }

  /// Appends an `adjusted` row.
  ///
  /// - Parameters:
  ///   - item: whose on hand it is.
  ///   - isTo: `change` is what on hand is to be, not by how much it changes.
  ///   - change: units.
  ///   - reason: up to 256 bytes.
  ///   - policy: 0: none, 1: newest, 2: oldest.
  ///   - key: the command's; `nil`: none.
  ///   - digest: of the command's content; ignored without a key.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  public mutating func appendAdjustment(
    item: ItemNumber, isTo: Bool, change: Int64, reason: Name, policy: UInt8, key: Name?, digest: ContentDigest,
    time: Int64, more: Bool
  ) {
    begin(.adjusted, time, more: more, bound: 24 + reason.bytes.count + Self.bound(key: key))
    adjusted.items.append(item)
    adjusted.isTo.append(isTo)
    adjusted.changes.append(change)
    adjusted.reasons.append(reason)
    adjusted.policies.append(policy)
    adjusted.keys.append(key, digest)
  }
}
