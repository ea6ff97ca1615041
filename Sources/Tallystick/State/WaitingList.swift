import HeapModule

/// The reservations that wait, item by item, and which of them are to be looked at.
///
/// One that waits is filled when of each of its items as much is available as it and all before it want. Each is *watched* on
/// one item of which that is not so; only when there is more of that item, or somebody before it leaves, it is looked at again,
/// and then it is either filled or watched on another item. So a command costs a look at no more reservations than it makes
/// units available, however many carts in line are blocked on something else.
struct WaitingList: Sendable {
  private(set) var queues: [ItemNumber: WaitingQueue] = [:]
  private(set) var count = 0
  /// Items whose watchers are to be looked at: their queues are touched.
  private var touched: [ItemNumber] = []
  /// Reservations that can be filled; some may have left meanwhile.
  private var ready = Heap<UInt64>()
  /// The first of ``ready`` is the first of all that can be filled.
  private var isLookedAt = false

  /// Somebody may have to be filled. A new command is judged, and a step begins, only when that is settled.
  @inline(__always) var mayOwe: Bool { !touched.isEmpty || !ready.isEmpty }

  // MARK: Coming and going

  mutating func join(_ sequence: UInt64, _ lines: some Sequence<LineEntry>) {
    for line in lines { queues[line.item, default: WaitingQueue()].join(sequence, wanting: line.quantity) }
    count += 1
  }

  /// Takes back what joined last.
  mutating func withdrawLast(_ lines: some Sequence<LineEntry>) {
    for line in lines { queues[line.item]?.withdrawLast() }
    count -= 1
  }

  /// - Parameter mayReturn: it may be taken back.
  mutating func leave(_ sequence: UInt64, _ lines: some Sequence<LineEntry>, mayReturn: Bool) {
    for line in lines {
      queues[line.item]?.leave(sequence, wanting: line.quantity)
      if !mayReturn { closeGaps(line.item) }
    }
    count -= 1
  }

  private mutating func closeGaps(_ item: ItemNumber) {
    guard let isEmpty = queues[item]?.isEmpty else { return }
    if isEmpty, queues[item]?.isTouched == false { queues[item] = nil } else { queues[item]?.closeGaps() }
  }

  /// Takes leaving back.
  mutating func comeBack(_ sequence: UInt64, _ lines: some Sequence<LineEntry>) {
    for line in lines {
      queues[line.item, default: WaitingQueue()].comeBack(sequence, wanting: line.quantity)
      queues[line.item]?.watch(sequence)
      touch(line.item)
    }
    count += 1
  }

  // MARK: Looking

  /// There is more of an item, or somebody who waited for it has left.
  mutating func touch(_ item: ItemNumber) {
    guard queues[item]?.isTouched == false else { return }
    queues[item]?.isTouched = true
    touched.append(item)
    isLookedAt = false
  }

  /// As if everything had been touched.
  mutating func touchAll() { for item in queues.keys.sorted() { touch(item) } }

  /// What is wanted of an item up to a reservation, its own included.
  func units(of item: ItemNumber, through sequence: UInt64) -> Int64 { queues[item]?.units(through: sequence) ?? 0 }

  mutating func watch(_ sequence: UInt64, on item: ItemNumber) { queues[item]?.watch(sequence) }

  // MARK: What is to be looked at

  /// An item whose watchers are to be looked at; when they have been, ``passTouched()``.
  var firstTouched: ItemNumber? { isLookedAt ? nil : touched.last }

  /// No other item's watchers are to be looked at: those of this one come in order, and so what comes after the first that
  /// can be filled can wait.
  var isLastTouched: Bool { touched.count == 1 }

  mutating func passTouched() {
    guard let item = touched.popLast() else { return }
    queues[item]?.isTouched = false
    if queues[item]?.isEmpty == true { queues[item] = nil }
  }

  mutating func endLook() { isLookedAt = true }

  /// The first watcher of an item, and what is wanted of it up to there.
  func firstWatched(on item: ItemNumber) -> (sequence: UInt64, units: Int64)? { queues[item]?.firstWatched }

  /// The first watcher of an item is watched on another; or can be filled.
  mutating func moveFirstWatched(of item: ItemNumber, to other: ItemNumber?) {
    guard let sequence = queues[item]?.firstWatched?.sequence else { return }
    queues[item]?.forgetFirstWatched()
    if let other { queues[other]?.watch(sequence) } else { ready.insert(sequence) }
  }

  mutating func makeReady(_ sequence: UInt64) { ready.insert(sequence) }

  /// The first of those that were found to be ready; it may have left since.
  var firstReady: UInt64? { ready.min }

  /// It has been filled, or has left.
  mutating func passReady() {
    _ = ready.popMin()
    if !touched.isEmpty { isLookedAt = false }
  }
}
