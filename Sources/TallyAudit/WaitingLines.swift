import TallyFormat

/// Who waits in line, and who of them could be filled: those whom the stock of each of their items reaches.
///
/// Kept from the first `waiting` event on; a log without one costs nothing. A unit that comes or goes moves the mark in its
/// item's line by one reservation at most.
struct WaitingLines {
  private(set) var isKept = false
  /// How many ever joined.
  private(set) var joined = 0
  /// How many wait now.
  var count: Int { unreached.count }
  private var lines: [Int: WaitingLine] = [:]
  /// By the reservation's place in the log: of how many of its items the stock does not reach it.
  private var unreached: [Int: Int] = [:]
  /// Those whom all of it reaches; some have left meanwhile, or are reached no longer.
  private var ready = DueHolds()
  private var touched: [Int] = []
  /// Times to live that were asked for, in ms, of open reservations that wait or have waited; by sequence number.
  private(set) var timesToLive: [UInt64: Int64] = [:]

  /// Items that somebody waits for.
  var wantedItems: [(item: Int, reservations: Int, units: Int64)] {
    lines.compactMap { item, line in line.isEmpty ? nil : (item, line.count, line.wanted) }
  }

  /// Bytes, roughly, to be asked for when so many more join.
  func growth(by more: Int, lines count: Int) -> Int {
    guard more > 0 || isKept else { return 0 }
    return (unreached.count + more) * 128 + count * 64
  }

  mutating func join(_ ordinal: Int, _ record: OpenRecord, timeToLive: Int64) {
    isKept = true
    joined += 1
    timesToLive[record.sequence] = timeToLive
    unreached[ordinal] = record.lineCount
    for index in 0..<record.lineCount {
      let line = record.line(index)
      lines[line.item, default: WaitingLine()].join(ordinal, line.reserved)
      touch(line.item)
    }
    if record.lineCount == 0 { ready.add(DueHolds.Hold(expires: 0, ordinal: ordinal)) }
  }

  mutating func leave(_ ordinal: Int, _ record: OpenRecord) {
    unreached[ordinal] = nil
    for index in 0..<record.lineCount {
      let item = record.line(index).item
      lines[item]?.leave(ordinal)
      touch(item)
    }
  }

  /// One that waits wants less of an item, at its place.
  ///
  /// - Parameter isAll: it wants none of it any more.
  mutating func wantLess(_ ordinal: Int, _ item: Int, by less: Int64, isAll: Bool) {
    if isAll {
      let wasReached = lines[item]?.reaches(ordinal) ?? true
      lines[item]?.leave(ordinal)
      if !wasReached { reach(ordinal) }
    } else {
      lines[item]?.lessen(ordinal, by: less)
    }
    touch(item)
  }

  /// The stock of one more of its items reaches a reservation.
  private mutating func reach(_ ordinal: Int) {
    guard let before = unreached[ordinal] else { return }
    unreached[ordinal] = before - 1
    if before == 1 { ready.add(DueHolds.Hold(expires: 0, ordinal: ordinal)) }
  }

  /// Notes what one asked for that has waited, and waits no more.
  mutating func note(_ sequence: UInt64, timeToLive: Int64) {
    isKept = true
    timesToLive[sequence] = timeToLive
  }

  /// So many ever joined, as an earlier audit counted.
  mutating func goOn(joined: Int) { self.joined = joined }

  mutating func forget(_ sequence: UInt64) { timesToLive[sequence] = nil }

  /// What all who wait for an item want together.
  func wanted(_ item: Int) -> Int64 { lines[item]?.wanted ?? 0 }

  /// The stock of an item has changed, or its line has.
  @inline(never)
  mutating func touch(_ item: Int) {
    guard lines[item]?.isTouched == false else { return }
    lines[item]?.isTouched = true
    touched.append(item)
  }

  /// Moves the marks to where the stock reaches now.
  mutating func reach(_ items: borrowing ItemTable) {
    while let item = touched.popLast() {
      guard var line = lines.removeValue(forKey: item) else { continue }
      line.isTouched = false
      line.reach(items.aboveFloor(item)) { ordinal, isReached in
        guard let before = unreached[ordinal] else { return }
        unreached[ordinal] = before + (isReached ? -1 : 1)
        if isReached, before == 1 { ready.add(DueHolds.Hold(expires: 0, ordinal: ordinal)) }
      }
      if !line.isEmpty { lines[item] = line }
    }
  }

  /// The first in the log who could be filled.
  mutating func first() -> Int? {
    while let first = ready.first {
      if isReady(first.ordinal) { return first.ordinal }
      ready.removeFirst()
    }
    return nil
  }

  func isReady(_ ordinal: Int) -> Bool { unreached[ordinal] == 0 }

  /// What has been reported once is not reported again.
  mutating func dropReady() { while ready.first != nil { ready.removeFirst() } }
}
