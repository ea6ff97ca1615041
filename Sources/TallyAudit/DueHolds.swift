/// Open holds with a time limit, the one due first on top: a binary heap by expiry time, then by place in the log.
///
/// Holds that are settled or extended before they are due stay until they come up or until they are the majority.
struct DueHolds {
  struct Hold {
    var expires: Int64
    /// The reservation's place in the log.
    var ordinal: Int

    static func < (a: Hold, b: Hold) -> Bool { (a.expires, a.ordinal) < (b.expires, b.ordinal) }
  }

  private var heap: [Hold] = []
  /// Of those in the heap, how many have been settled, or extended, since.
  private var settled = 0

  /// The expiry time on top; no time if there is none.
  private(set) var next = Int64.max
  var first: Hold? { heap.first }

  /// Bytes at most to be asked for when so many more are added.
  func growth(by more: Int) -> Int {
    guard heap.count + more > heap.capacity else { return 0 }
    return max(heap.capacity * 2, heap.count + more) * MemoryLayout<Hold>.stride
  }

  mutating func add(_ hold: Hold) {
    var child = heap.count
    heap.append(hold)
    while child > 0 {
      let parent = (child - 1) / 2
      guard hold < heap[parent] else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = hold
    next = heap[0].expires
  }

  mutating func removeFirst() {
    guard let last = heap.popLast() else { return }
    if !heap.isEmpty { sink(last, from: 0) }
    next = heap.first?.expires ?? .max
  }

  /// Whether the hold is still open and expires when it says.
  static func isCurrent(_ hold: Hold, _ open: borrowing OpenReservations) -> Bool {
    guard case .open(let handle) = open.standing(hold.ordinal) else { return false }
    return handle.record.expires == hold.expires
  }

  /// Says that a hold was settled, or extended; `open` tells which still are as they were.
  @inline(__always)
  mutating func settle(_ open: borrowing OpenReservations) {
    settled += 1
    if settled > 1024, settled > heap.count / 2 { dropSettled(open) }
  }

  @inline(never)
  private mutating func dropSettled(_ open: borrowing OpenReservations) {
    settled = 0
    var kept = 0
    for index in heap.indices where DueHolds.isCurrent(heap[index], open) {
      heap[kept] = heap[index]
      kept += 1
    }
    heap.removeLast(heap.count - kept)
    for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(heap[index], from: index) }
    next = heap.first?.expires ?? .max
  }

  private mutating func sink(_ hold: Hold, from start: Int) {
    var parent = start
    while true {
      var child = parent * 2 + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < hold else { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = hold
  }
}
