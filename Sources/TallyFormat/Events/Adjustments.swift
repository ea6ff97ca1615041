extension EventColumns {
  /// `adjusted`.
  public struct Adjustments: ColumnGroup {
    public internal(set) var items: [ItemNumber] = []
    /// True: the command said what on hand is to be; false: by how much it changes.
    public internal(set) var isTo: [Bool] = []
    public internal(set) var changes: [Int64] = []
    public internal(set) var reasons = StringColumn()
    /// 0: none, 1: newest, 2: oldest, 3: newest and 4: oldest, but only the units that are missing.
    public internal(set) var policies: [UInt8] = []
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
