/// The first few of many by a rank, the lowest first; what comes too late is dropped at once.
struct Foremost<Element> {
  /// Lower comes first; of two alike, the one with the lower number.
  struct Rank: Comparable {
    var value: Int64
    var number: UInt64
    static func < (a: Rank, b: Rank) -> Bool { (a.value, a.number) < (b.value, b.number) }
  }

  private let limit: Int
  private var entries: [(rank: Rank, element: Element)] = []

  init(_ limit: Int) { self.limit = limit }

  var elements: [Element] { entries.map(\.element) }

  /// - Parameter make: called only if it is among the first so far.
  mutating func add(_ rank: Rank, _ make: () -> Element) {
    if entries.count == limit {
      guard let last = entries.last, rank < last.rank else { return }
      entries.removeLast()
    }
    let place = entries.lastIndex { $0.rank < rank }.map { $0 + 1 } ?? 0
    entries.insert((rank, make()), at: place)
  }
}

extension Foremost: Sendable where Element: Sendable {}
