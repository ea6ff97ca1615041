/// Who waits for one item, in the order of their sequence numbers: places, each with how much is wanted there.
///
/// A place is found by a search, its sum with all before it in the logarithm of their number. Who has left leaves a gap;
/// once gaps are the most, the others move up (amortised: a constant for each that leaves).
struct WaitingQueue: Sendable {
  private static let fewPlaces = 64

  /// One a place, ascending; gaps keep theirs.
  private var sequences: [UInt64] = []
  private var wants = PrefixSums()
  private var taken = PlaceSet()
  /// Places of those that are looked at when there is more of the item: see ``WaitingList``.
  private var watched = PlaceSet()
  private(set) var count = 0
  /// There is more of the item, or less is wanted of it, since its watchers were looked at.
  var isTouched = false

  var isEmpty: Bool { count == 0 }

  /// The newest.
  mutating func join(_ sequence: UInt64, wanting quantity: Int64) {
    taken.insert(sequences.count)
    sequences.append(sequence)
    wants.append(quantity)
    count += 1
  }

  /// Takes back what joined last.
  mutating func withdrawLast() {
    let place = sequences.count - 1
    if taken.contains(place) { count -= 1 }
    taken.remove(place)
    watched.remove(place)
    sequences.removeLast()
    wants.removeLast()
  }

  mutating func leave(_ sequence: UInt64, wanting quantity: Int64) {
    guard let place = place(of: sequence) else { return }
    taken.remove(place)
    watched.remove(place)
    wants.add(-quantity, at: place)
    count -= 1
  }

  /// Takes leaving back, before the others have moved up.
  mutating func comeBack(_ sequence: UInt64, wanting quantity: Int64) {
    let place = lowerBound(sequence)
    guard place < sequences.count, sequences[place] == sequence, !taken.contains(place) else { return }
    taken.insert(place)
    wants.add(quantity, at: place)
    count += 1
  }

  /// What is wanted up to a reservation, its own included.
  func units(through sequence: UInt64) -> Int64 { place(of: sequence).map { wants.sum(through: $0) } ?? 0 }

  /// How many come before a reservation.
  func countBefore(_ sequence: UInt64) -> Int { taken.count(below: lowerBound(sequence)) }

  mutating func watch(_ sequence: UInt64) {
    if let place = place(of: sequence) { watched.insert(place) }
  }

  /// The first that is watched, and what is wanted up to it.
  var firstWatched: (sequence: UInt64, units: Int64)? {
    watched.first.map { (sequences[$0], wants.sum(through: $0)) }
  }

  mutating func forgetFirstWatched() {
    if let place = watched.first { watched.remove(place) }
  }

  /// Every reservation that waits, in order.
  func visit(_ body: (UInt64) -> Void) { taken.visit { body(sequences[$0]) } }

  private func place(of sequence: UInt64) -> Int? {
    // Mostly it is the first who leaves.
    if let first = taken.first, sequences[first] == sequence { return first }
    let place = lowerBound(sequence)
    return place < sequences.count && sequences[place] == sequence && taken.contains(place) ? place : nil
  }

  private func lowerBound(_ sequence: UInt64) -> Int {
    var low = 0
    var high = sequences.count
    while low < high {
      let middle = (low + high) / 2
      if sequences[middle] < sequence { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Moves up over gaps if they are the most. Not while something may have to be taken back.
  mutating func closeGaps() {
    guard sequences.count > WaitingQueue.fewPlaces, count * 2 < sequences.count else { return }
    var closed = WaitingQueue()
    closed.isTouched = isTouched
    closed.sequences.reserveCapacity(count)
    var sum: Int64 = 0
    taken.visit { place in
      let through = wants.sum(through: place)
      closed.join(sequences[place], wanting: through - sum)
      if watched.contains(place) { closed.watched.insert(closed.sequences.count - 1) }
      sum = through
    }
    self = closed
  }
}
