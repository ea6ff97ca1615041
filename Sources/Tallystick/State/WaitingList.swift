import HeapModule

/// The reservations that wait, item by item, and which of them are to be looked at.
///
/// One that waits is filled when of each of its items as much is available as it and all before it want. Each is *watched* on
/// one item of which that is not so; only when there is more of that item, or somebody before it leaves, it is looked at again,
/// and then it is either filled or watched on another item. So a command costs a look at no more reservations than it makes
/// units available, however many carts in line are blocked on something else.
struct WaitingList: Sendable {
  /// Of each item, up to the highest that somebody has waited for, where its queue stands, plus 1; 0: nobody waits for it.
  /// (Hashing item numbers was a third of what a filling took.)
  private var places: [UInt32] = []
  private var queues: [WaitingQueue] = []
  private var free: [Int] = []
  private(set) var count = 0
  /// Items whose watchers are to be looked at: their queues are touched.
  private var touched: [ItemNumber] = []
  /// Reservations that can be filled; some may have left meanwhile.
  private var ready = Heap<UInt64>()
  /// The first of ``ready`` is the first of all that can be filled.
  private var isLookedAt = false

  /// Somebody may have to be filled. A new command is judged, and a step begins, only when that is settled.
  @inline(__always) var mayOwe: Bool { !touched.isEmpty || !ready.isEmpty }

  @inline(__always) private func place(of item: ItemNumber) -> Int? {
    guard Int(item.rawValue) < places.count else { return nil }
    let place = Int(places[Int(item.rawValue)])
    return place == 0 ? nil : place - 1
  }

  private mutating func placeOrNew(of item: ItemNumber) -> Int {
    if let place = place(of: item) { return place }
    while places.count <= Int(item.rawValue) { places.append(0) }
    if free.isEmpty {
      free.append(queues.count)
      queues.append(WaitingQueue())
    }
    let place = free.removeLast()
    places[Int(item.rawValue)] = UInt32(place + 1)
    return place
  }

  /// Drops a queue that nobody stands in any more.
  private mutating func drop(_ place: Int, of item: ItemNumber) {
    queues[place] = WaitingQueue()
    free.append(place)
    places[Int(item.rawValue)] = 0
  }

  /// Who waits for an item; `nil`: nobody.
  func queue(of item: ItemNumber) -> WaitingQueue? { place(of: item).map { queues[$0] } }

  // MARK: Coming and going

  mutating func join(_ sequence: UInt64, _ lines: some Sequence<LineEntry>) {
    for line in lines { queues[placeOrNew(of: line.item)].join(sequence, wanting: line.quantity) }
    count += 1
  }

  /// Takes back what joined last.
  mutating func withdrawLast(_ lines: some Sequence<LineEntry>) {
    for line in lines {
      if let place = place(of: line.item) { queues[place].withdrawLast() }
    }
    count -= 1
  }

  /// - Parameter mayReturn: it may be taken back.
  mutating func leave(_ sequence: UInt64, _ lines: some Sequence<LineEntry>, mayReturn: Bool) {
    for line in lines {
      guard let place = place(of: line.item) else { continue }
      queues[place].leave(sequence, wanting: line.quantity)
      if mayReturn { continue }
      if queues[place].isEmpty, !queues[place].isTouched {
        drop(place, of: line.item)
      } else {
        queues[place].closeGaps()
      }
    }
    count -= 1
  }

  /// One that waits wants other quantities, at its place.
  mutating func want(_ sequence: UInt64, _ before: [LineEntry], instead after: [LineEntry]) {
    leave(sequence, before, mayReturn: true)
    comeBack(sequence, after)
    // Who comes after it may be reached now.
    for line in before { touch(line.item) }
  }

  /// Takes leaving back.
  mutating func comeBack(_ sequence: UInt64, _ lines: some Sequence<LineEntry>) {
    for line in lines {
      guard let place = place(of: line.item) else { continue }
      queues[place].comeBack(sequence, wanting: line.quantity)
      queues[place].watch(sequence)
      touch(line.item)
    }
    count += 1
  }

  // MARK: Looking

  /// There is more of an item, or somebody who waited for it has left.
  mutating func touch(_ item: ItemNumber) {
    guard let place = place(of: item), !queues[place].isTouched else { return }
    queues[place].isTouched = true
    touched.append(item)
    isLookedAt = false
  }

  /// As if everything had been touched.
  mutating func touchAll() { for item in places.indices { touch(ItemNumber(UInt32(item))) } }

  /// What is wanted of an item up to a reservation, its own included.
  func units(of item: ItemNumber, through sequence: UInt64) -> Int64 {
    place(of: item).map { queues[$0].units(through: sequence) } ?? 0
  }

  /// How many come before a reservation in an item's line.
  func countBefore(_ sequence: UInt64, on item: ItemNumber) -> Int {
    place(of: item).map { queues[$0].countBefore(sequence) } ?? 0
  }

  mutating func watch(_ sequence: UInt64, on item: ItemNumber) {
    if let place = place(of: item) { queues[place].watch(sequence) }
  }

  // MARK: What is to be looked at

  /// An item whose watchers are to be looked at; when they have been, ``passTouched()``.
  var firstTouched: ItemNumber? { isLookedAt ? nil : touched.last }

  /// No other item's watchers are to be looked at: those of this one come in order, and so what comes after the first that
  /// can be filled can wait.
  var isLastTouched: Bool { touched.count == 1 }

  mutating func passTouched() {
    guard let item = touched.popLast() else { return }
    guard let place = place(of: item) else { return }
    queues[place].isTouched = false
    if queues[place].isEmpty { drop(place, of: item) }
  }

  mutating func endLook() { isLookedAt = true }

  /// The first watcher of an item, and what is wanted of it up to there.
  func firstWatched(on item: ItemNumber) -> (sequence: UInt64, units: Int64)? {
    place(of: item).flatMap { queues[$0].firstWatched }
  }

  /// The first watcher of an item is watched on another; or can be filled.
  mutating func moveFirstWatched(of item: ItemNumber, to other: ItemNumber?) {
    guard let place = place(of: item), let sequence = queues[place].firstWatched?.sequence else { return }
    queues[place].forgetFirstWatched()
    if let other { watch(sequence, on: other) } else { ready.insert(sequence) }
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
