/// Who stood in line, and what became of them.
package struct WaitingHistory: Sendable {
  /// One who stood in line.
  package struct Wait: Sendable {
    /// The reservation's.
    package var id: String
    /// The first item waited for; `nil`: none that there is.
    package var item: HistoryItem?
    /// Further items waited for.
    package var moreItems: Int
    /// Of all items.
    package var units: Int64
    /// The event with which it joined; Unix milliseconds.
    package var joined: UInt64
    package var joinedTime: Int64
    /// The event with which the waiting ended, Unix milliseconds; 0 and the log's end: it has not.
    package var ended: UInt64
    package var endedTime: Int64

    /// Milliseconds; negative only in a forged log.
    package var duration: Int64 { endedTime &- joinedTime }
  }

  /// How waiting ends.
  package enum Ending: Sendable {
    /// It got what it waited for.
    case filled
    /// Its time was over.
    case gaveUp
    /// It was released, or amended until it waited for nothing.
    case withdrawn
  }

  /// Milliseconds below which a wait counts to each part of ``served``; the last part has no bound.
  package static let bounds: [Int64] = [
    1_000, 10_000, 60_000, 600_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000,
  ]

  /// How many stood in line after each event that changed it.
  package private(set) var line: ThinnedLine
  package private(set) var joined = 0
  package private(set) var filled = 0
  package private(set) var gaveUp = 0
  package private(set) var withdrawn = 0
  /// How many of the filled waited how long: below each of ``bounds``, and longer.
  package private(set) var served = Array(repeating: 0, count: WaitingHistory.bounds.count + 1)
  /// Those of the filled who waited longest, the longest first.
  package private(set) var longest: [Wait] = []
  /// Likewise of those whose time was over.
  package private(set) var longestInVain: [Wait] = []
  /// Those who wait still, the first first.
  package private(set) var still: [Wait] = []
  /// How many they are.
  package private(set) var stillCount = 0

  private var longestFilled = Foremost<Wait>(12)
  private var longestGivenUp = Foremost<Wait>(8)
  private static let mostStill = 12

  init(_ span: TimeSpan) { line = ThinnedLine(span) }

  /// - Parameter count: how many stand in line after an event.
  mutating func note(_ count: Int, joining: Bool, at time: Int64) {
    if joining { joined += 1 }
    line.add(Int64(count), at: time)
  }

  mutating func note(_ ending: Ending, _ wait: () -> Wait, since joined: Int64, at sequence: UInt64, _ time: Int64) {
    let duration = time &- joined
    let rank = Foremost<Wait>.Rank(value: -max(duration, 0), number: sequence)
    switch ending {
    case .filled:
      filled += 1
      served[WaitingHistory.bounds.firstIndex { duration < $0 } ?? WaitingHistory.bounds.count] += 1
      longestFilled.add(rank, wait)
    case .gaveUp:
      gaveUp += 1
      longestGivenUp.add(rank, wait)
    case .withdrawn: withdrawn += 1
    }
  }

  mutating func finish(_ fold: borrowing Fold) {
    (longest, longestInVain) = (longestFilled.elements, longestGivenUp.elements)
    stillCount = fold.waiting.count
    guard stillCount > 0 else { return }
    var records: [OpenRecord] = []
    fold.open.visit { _, record in
      if record.isWaiting, records.count < WaitingHistory.mostStill { records.append(record) }
    }
    for record in records {
      let item = record.lineCount > 0 ? fold.items.names(record.line(0).item).map { HistoryItem($0) } : nil
      still.append(Wait(record, item, ended: 0, fold.lastTime))
    }
  }
}

extension WaitingHistory.Wait {
  init(_ record: OpenRecord, _ item: HistoryItem?, ended: UInt64, _ time: Int64) {
    var units: Int64 = 0
    for index in 0..<record.lineCount { units = bounded(units, plus: record.line(index).reserved) }
    self.init(
      id: String(decoding: record.id, as: UTF8.self), item: item, moreItems: max(0, record.lineCount - 1),
      units: units, joined: record.sequence, joinedTime: record.time, ended: ended, endedTime: time)
  }
}
