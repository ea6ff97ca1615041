import TallyFormat

/// Who waits for one item, in the order of the log, and how far down the line the item's stock reaches.
struct WaitingLine {
  private struct Place {
    /// The reservation's place in the log.
    var ordinal: Int
    /// 0: it has left.
    var quantity: Int64
  }

  private var places: [Place] = []
  private var left = 0
  /// How many places at the beginning the stock reaches, and what those who still stand there want.
  private var reached = 0
  private var reachedUnits: Int64 = 0
  /// What all of them want.
  private(set) var wanted: Int64 = 0
  var isTouched = false

  var isEmpty: Bool { left == places.count }
  /// How many wait.
  var count: Int { places.count - left }

  mutating func join(_ ordinal: Int, _ quantity: Int64) {
    places.append(Place(ordinal: ordinal, quantity: quantity))
    wanted = bounded(wanted, plus: quantity)
  }

  mutating func leave(_ ordinal: Int) {
    guard let place = place(of: ordinal) else { return }
    let quantity = places[place].quantity
    wanted = bounded(wanted, plus: -quantity)
    if place < reached { reachedUnits -= quantity }
    places[place].quantity = 0
    left += 1
    if left > 64, left > places.count / 2 { closeGaps() }
  }

  /// A reservation wants less, but some.
  mutating func lessen(_ ordinal: Int, by less: Int64) {
    guard let place = place(of: ordinal) else { return }
    places[place].quantity -= less
    wanted = bounded(wanted, plus: -less)
    if place < reached { reachedUnits -= less }
  }

  private mutating func closeGaps() {
    reached -= places[..<reached].count { $0.quantity == 0 }
    places.removeAll { $0.quantity == 0 }
    left = 0
  }

  private func place(of ordinal: Int) -> Int? {
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if places[middle].ordinal < ordinal { low = middle + 1 } else { high = middle }
    }
    return low < places.count && places[low].ordinal == ordinal && places[low].quantity > 0 ? low : nil
  }

  /// Whether the stock reaches a reservation.
  func reaches(_ ordinal: Int) -> Bool { place(of: ordinal).map { $0 < reached } ?? true }

  /// Says how much of the item is available.
  ///
  /// - Parameter change: is told of each reservation that the stock now reaches, or reaches no longer.
  mutating func reach(_ available: Int64, _ change: (_ ordinal: Int, _ isReached: Bool) -> Void) {
    while reached < places.count, reachedUnits + places[reached].quantity <= available {
      reachedUnits += places[reached].quantity
      if places[reached].quantity > 0 { change(places[reached].ordinal, true) }
      reached += 1
    }
    while reached > 0, reachedUnits > available {
      reached -= 1
      reachedUnits -= places[reached].quantity
      if places[reached].quantity > 0 { change(places[reached].ordinal, false) }
    }
  }
}
