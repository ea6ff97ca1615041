import TallyFormat

/// Whether every id and key occurs once: 8 bytes a name, and no look-up while the log is folded.
///
/// A hash table of 100 million names costs a cache miss for each, some 100 ns. Here a fingerprint is only appended to
/// one of 1,024 lists, chosen by its first bits; at the end each list is looked through on its own, with a table that
/// fits a cache. Equal names have equal fingerprints, so none is missed; equal fingerprints of different names (one
/// log of 100 million names in 3,000 has any) are told apart by reading the log again: ``RepeatedNames``. The answer
/// is exact.
struct NameLedger {
  private static let listBits: UInt64 = 10
  private var lists = [[UInt64]](repeating: [], count: 1 << Int(NameLedger.listBits))

  mutating func add(_ fingerprints: [UInt64]) {
    for fingerprint in fingerprints { lists[Int(fingerprint >> (64 - NameLedger.listBits))].append(fingerprint) }
  }

  /// The fingerprints that occur more than once. About 10 ns a name.
  func repeated() -> Set<UInt64> {
    var found = Set<UInt64>()
    var table = [UInt64]()
    for list in lists where list.count > 1 {
      let bits = Int.bitWidth - list.count.leadingZeroBitCount + 1
      let mask = 1 << bits - 1
      if table.count < mask + 1 {
        table = [UInt64](repeating: 0, count: mask + 1)
      } else {
        for slot in 0...mask { table[slot] = 0 }
      }
      for fingerprint in list {
        // 0 marks an empty slot. Taking 0 for 1 can only add a candidate, which the second reading clears.
        let value = max(fingerprint, 1)
        var slot = Int(truncatingIfNeeded: value) & mask
        while table[slot] != 0, table[slot] != value { slot = (slot + 1) & mask }
        if table[slot] == value {
          found.insert(fingerprint)
          if fingerprint <= 1 { found.formUnion([0, 1]) }
        } else {
          table[slot] = value
        }
      }
    }
    return found
  }
}
