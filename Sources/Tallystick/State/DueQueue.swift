import HeapModule

/// Holds by when they expire, then by sequence number. Settled ones are dropped lazily.
struct DueQueue: Sendable {
  struct Entry: Comparable, Sendable {
    var expires: Int64
    var sequence: UInt64
    static func < (a: Entry, b: Entry) -> Bool {
      a.expires == b.expires ? a.sequence < b.sequence : a.expires < b.expires
    }
  }
  private var heap = Heap<Entry>()

  /// Entries, settled ones included.
  var count: Int { heap.count }
  mutating func insert(expires: Int64, sequence: UInt64) { heap.insert(Entry(expires: expires, sequence: sequence)) }
  var first: Entry? { heap.min }
  mutating func removeFirst() { _ = heap.popMin() }
  /// Those that are due at `time`, in no order. Cost: none if nothing is due, else a look at all.
  func entries(dueAt time: Int64) -> [Entry] {
    guard let first, first.expires <= time else { return [] }
    return heap.unordered.filter { $0.expires <= time }
  }
  mutating func rebuild(_ entries: [Entry]) { heap = Heap(entries) }
}
