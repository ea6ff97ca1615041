extension State {
  /// Reservations of which something is held although their time is over.
  ///
  /// - Parameter time: Unix milliseconds.
  func countDue(at time: Int64) -> Int {
    due.entries(dueAt: time).count { entry in
      reservations[entry.sequence].map { $0.isOpen && !$0.waits && $0.expires == entry.expires } ?? false
    }
  }

  /// What is held although its time is over, by item: the next command that is judged gives it back.
  ///
  /// - Parameter time: Unix milliseconds.
  func unitsDue(at time: Int64) -> [ItemName: Int64] {
    var units: [ItemNumber: Int64] = [:]
    for entry in due.entries(dueAt: time) {
      guard let reservation = reservations[entry.sequence], reservation.isOpen, reservation.expires == entry.expires
      else { continue }
      for index in 0..<reservation.lineCount where reservation[index].open > 0 {
        // What is held of an item fits.
        units[reservation[index].item, default: 0] &+= reservation[index].open
      }
    }
    return units.reduce(into: [:]) { $0[itemNames[Int($1.key.rawValue)]] = $1.value }
  }
}

extension Moment {
  /// When holds are judged overdue for it: now by the clock, in the past by the moment itself.
  func dueTime(lastTime: Int64) -> Int64 {
    switch self {
    case .now: max(SystemClock.now(), lastTime)
    case .sequence: lastTime
    case .time(let time): max(time, lastTime)
    }
  }
}
