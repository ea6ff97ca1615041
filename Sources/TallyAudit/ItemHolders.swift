import TallyFormat

/// Which open reservations hold an item, in the order of the log: what the release policy of an adjust goes by.
///
/// Kept from the first release on that an adjust makes; a log without one costs nothing. Finding the newest or the oldest
/// takes as long as what has been settled since was made: on average no longer than making it. Memory: 8 bytes a line,
/// for at most twice as many lines as are open.
struct ItemHolders {
  /// Of one item.
  private struct Holders {
    /// Places in the log, ascending.
    var ordinals: [Int] = []
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
        if line.open > 0 { enter(line.item, ordinal) }
      }
    }
    mostEntries = 2 * entries + fewEntries
  }

  /// Adds a line of the reservation made last, which `open` has already.
  mutating func add(_ item: Int, _ ordinal: Int, _ open: borrowing OpenReservations) {
    if entries < mostEntries { enter(item, ordinal) } else { keep(open) }
  }

  private mutating func enter(_ item: Int, _ ordinal: Int) {
    holders[item, default: Holders()].ordinals.append(ordinal)
    entries += 1
  }

  /// The newest open reservation that holds an item; `nil`: none does.
  mutating func newest(_ item: Int, _ open: borrowing OpenReservations) -> Int? {
    while let ordinal = holders[item]?.ordinals.last {
      if open.holds(ordinal, item) { return ordinal }
      holders[item]?.ordinals.removeLast()
      entries -= 1
    }
    holders[item] = nil
    return nil
  }

  /// The oldest open reservation that holds an item; `nil`: none does.
  mutating func oldest(_ item: Int, _ open: borrowing OpenReservations) -> Int? {
    while let list = holders[item], list.passed < list.ordinals.count {
      if open.holds(list.ordinals[list.passed], item) { return list.ordinals[list.passed] }
      holders[item]?.passed += 1
    }
    return nil
  }

  /// Bytes that may be asked for when so many lines are added.
  func growth(by lines: Int) -> Int { isKept ? 2 * (entries + lines) * MemoryLayout<Int>.stride : 0 }
}

extension OpenReservations {
  /// Whether a reservation is open and some of an item is, in it.
  fileprivate func holds(_ ordinal: Int, _ item: Int) -> Bool {
    guard case .open(let handle) = standing(ordinal) else { return false }
    let record = handle.record
    return (0..<record.lineCount).contains { record.line($0).item == item && record.line($0).open > 0 }
  }
}
