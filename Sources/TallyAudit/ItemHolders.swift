import TallyFormat

/// Which open reservations hold an item, in the order of the log: what the release policy of an adjust goes by.
///
/// Kept from the first release on that an adjust makes; a log without one costs nothing. Finding the newest or the oldest
/// takes as long as what has been settled since was made: on average no longer than making it. Memory: 8 bytes a line,
/// for at most twice as many lines as are open.
struct ItemHolders {
  /// A line of a reservation.
  private struct Place {
    /// The reservation's place in the log, and which of its at most 4,096 lines: one word, because there are many.
    private let word: Int
    private static let lineBits = 12

    init(_ ordinal: Int, line: Int) { word = ordinal << Place.lineBits | line }
    var ordinal: Int { word >> Place.lineBits }
    var line: Int { word & (1 << Place.lineBits - 1) }
  }

  /// Of one item.
  private struct Holders {
    /// In the order of the log.
    var places: [Place] = []
    /// How many at the beginning hold nothing of the item any more.
    var passed = 0
  }

  private(set) var isKept = false
  private var holders: [Int: Holders] = [:]
  private var entries = 0
  /// More entries than this are not worth keeping: most of them must have been settled.
  private var mostEntries = 0
  private let fewEntries: Int

  /// - Parameter fewEntries: so many are kept whatever has been settled.
  init(fewEntries: Int = 1 << 16) { self.fewEntries = fewEntries }

  /// Lists what is open anew.
  mutating func keep(_ open: borrowing OpenReservations) {
    isKept = true
    holders.removeAll()
    entries = 0
    mostEntries = .max
    open.visit { ordinal, record in
      for index in 0..<record.lineCount {
        let line = record.line(index)
        if line.open > 0 { enter(line.item, Place(ordinal, line: index)) }
      }
    }
    mostEntries = 2 * entries + fewEntries
  }

  /// Knows nothing any more, until who holds what is asked for again: lines have moved, or hold something again.
  mutating func forget() {
    isKept = false
    holders.removeAll()
    entries = 0
  }

  /// Adds the last line of the reservation made last, which `open` has already.
  mutating func addLine(of record: OpenRecord, _ ordinal: Int, _ open: borrowing OpenReservations) {
    guard entries < mostEntries else { return keep(open) }
    let line = record.lineCount - 1
    enter(record.line(line).item, Place(ordinal, line: line))
  }

  private mutating func enter(_ item: Int, _ place: Place) {
    holders[item, default: Holders()].places.append(place)
    entries += 1
  }

  /// The newest open reservation that holds an item; `nil`: none does.
  mutating func newest(_ item: Int, _ open: borrowing OpenReservations) -> Int? {
    while let place = holders[item]?.places.last {
      if ItemHolders.holds(place, open) { return place.ordinal }
      holders[item]?.places.removeLast()
      entries -= 1
    }
    holders[item] = nil
    return nil
  }

  /// The oldest open reservation that holds an item; `nil`: none does.
  mutating func oldest(_ item: Int, _ open: borrowing OpenReservations) -> Int? {
    while let list = holders[item], list.passed < list.places.count {
      let place = list.places[list.passed]
      if ItemHolders.holds(place, open) { return place.ordinal }
      holders[item]?.passed += 1
    }
    return nil
  }

  /// Bytes that may be asked for when so many lines are added.
  func growth(by lines: Int) -> Int { isKept ? 2 * (entries + lines) * MemoryLayout<Int>.stride : 0 }

  /// Whether some of a line is open.
  private static func holds(_ place: Place, _ open: borrowing OpenReservations) -> Bool {
    guard case .open(let handle) = open.standing(place.ordinal) else { return false }
    return handle.record.line(place.line).open > 0
  }
}
