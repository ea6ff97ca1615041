import CKernel

/// Fingerprints of names and the sequence numbers of the events that brought them, since the last sealed index.
///
/// Open addressing, linear probing, at most three quarters full: a look-up of a new name is one cache miss.
struct NameTable: Sendable {
  private struct Entry {
    var fingerprint: UInt64
    /// 0: no entry.
    var sequence: UInt64
  }
  private var entries: [Entry]
  private(set) var count = 0

  init(minimumCapacity: Int = 1024) {
    var capacity = 1024
    while capacity < minimumCapacity * 2 { capacity *= 2 }
    entries = [Entry](repeating: Entry(fingerprint: 0, sequence: 0), count: capacity)
  }

  /// Where to begin to look for a fingerprint with ``next(_:_:)``.
  @inline(__always) func home(of fingerprint: UInt64) -> Int { Int(truncatingIfNeeded: fingerprint) & (entries.count - 1) }

  /// The next event with this fingerprint from `position` on, which moves behind it; `nil`: there is none.
  @inline(__always) func next(_ fingerprint: UInt64, _ position: inout Int) -> UInt64? {
    while entries[position].sequence != 0 {
      let entry = entries[position]
      position = (position + 1) & (entries.count - 1)
      if entry.fingerprint == fingerprint { return entry.sequence }
    }
    return nil
  }

  /// Asks the processor to fetch the place of a fingerprint that will be looked for soon.
  @inline(__always) func prefetch(_ fingerprint: UInt64) {
    entries.withUnsafeBufferPointer { tally_prefetch($0.baseAddress! + home(of: fingerprint)) }
  }

  mutating func insert(_ fingerprint: UInt64, _ sequence: UInt64) {
    if (count + 1) * 4 > entries.count * 3 { rehash(capacity: entries.count * 2) { _ in true } }
    place(Entry(fingerprint: fingerprint, sequence: sequence))
  }

  private mutating func place(_ entry: Entry) {
    let mask = entries.count - 1
    var position = Int(truncatingIfNeeded: entry.fingerprint) & mask
    while entries[position].sequence != 0 { position = (position + 1) & mask }
    entries[position] = entry
    count += 1
  }

  private mutating func rehash(capacity: Int, keeping isKept: (UInt64) -> Bool) {
    let old = entries
    entries = [Entry](repeating: Entry(fingerprint: 0, sequence: 0), count: capacity)
    count = 0
    for entry in old where entry.sequence != 0 && isKept(entry.sequence) { place(entry) }
  }

  /// Forgets one name (a batch that is taken back).
  mutating func remove(_ fingerprint: UInt64, _ sequence: UInt64) {
    let mask = entries.count - 1
    var hole = Int(truncatingIfNeeded: fingerprint) & mask
    while entries[hole].sequence != sequence {
      if entries[hole].sequence == 0 { return }
      hole = (hole + 1) & mask
    }
    count -= 1
    var next = (hole + 1) & mask
    while entries[next].sequence != 0 {
      let home = Int(truncatingIfNeeded: entries[next].fingerprint) & mask
      if (next - home) & mask >= (next - hole) & mask {
        entries[hole] = entries[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    entries[hole].sequence = 0
  }

  /// Forgets names of events up to `sequence` (an index has them now).
  mutating func removeAll(through sequence: UInt64) { rehash(capacity: entries.count) { $0 > sequence } }

  /// Every fingerprint and its sequence number, in no order.
  func forEach(_ body: (UInt64, UInt64) -> Void) {
    for entry in entries where entry.sequence != 0 { body(entry.fingerprint, entry.sequence) }
  }
}
