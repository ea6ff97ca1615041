import TallyFormat

/// What a second reading is to tell of, as the first one leaves it: which items, which moments, and how far.
struct HistoryPlan {
  private static let mostMoments = 20

  /// Item numbers, and what the chart of each is to say.
  private(set) var items: [(number: Int, history: StockHistory)] = []
  private(set) var moments: [TightMoment] = []
  private(set) var unknownItems: [HistoryItem] = []
  private(set) var itemsLeftOut = 0
  let isOfNamedItems: Bool
  let span: TimeSpan
  /// The last frame judged.
  let end: ChainHead
  /// Behind what the first reading began; `nil`: at the beginning.
  let found: RememberedAudit?

  /// - Parameter fold: as the first reading left it.
  init(
    _ request: HistoryRequest, _ fold: borrowing Fold, _ demand: DemandCount, span: TimeSpan, end: ChainHead,
    behind found: RememberedAudit?
  ) {
    (self.span, self.end, self.found) = (span, end, found)
    isOfNamedItems = !request.items.isEmpty
    let low = HistoryPlan.lowest(fold.items, demand)
    moments = low.compactMap { number in
      fold.items.names(number).map {
        TightMoment(
          item: HistoryItem($0), available: fold.items.stock[number].lowest,
          sequence: fold.items.lowestSequences[number])
      }
    }
    let chosen =
      isOfNamedItems
      ? named(request.items, fold.items) : HistoryPlan.inTurn(low, HistoryPlan.mostAsked(demand))
    itemsLeftOut = isOfNamedItems ? max(0, chosen.count - HistoryRequest.mostItems) : 0
    for number in chosen.prefix(HistoryRequest.mostItems) {
      guard let names = fold.items.names(number) else { continue }
      let lowest = fold.items.stock[number].lowest
      let tightest = lowest == .max ? nil : (fold.items.lowestSequences[number], lowest)
      items.append(
        (number, StockHistory(HistoryItem(names), span, asked: demand[number], tightest: tightest)))
    }
  }

  /// Items of which least was left, lowest first; of those alike, the most asked for.
  private static func lowest(_ items: borrowing ItemTable, _ demand: DemandCount) -> [Int] {
    var foremost = Foremost<Int>(mostMoments)
    for number in 0..<items.count {
      let lowest = items.stock[number].lowest
      // Both in one rank: a unit less comes before any demand.
      if lowest != .max { foremost.add(.init(value: lowest, number: UInt64.max - demand[number])) { number } }
    }
    return foremost.elements
  }

  private static func mostAsked(_ demand: DemandCount) -> [Int] {
    var foremost = Foremost<Int>(HistoryRequest.mostItems)
    for (number, units) in demand.units.enumerated() where units > 0 {
      foremost.add(.init(value: -Int64(clamping: units), number: UInt64(number))) { number }
    }
    return foremost.elements
  }

  /// One of each in turn, each once.
  private static func inTurn(_ a: [Int], _ b: [Int]) -> [Int] {
    var chosen: [Int] = []
    for index in 0..<max(a.count, b.count) {
      for list in [a, b] where index < list.count && !chosen.contains(list[index]) { chosen.append(list[index]) }
    }
    return chosen
  }

  /// The items that somebody named, in their order; notes which there are none of.
  private mutating func named(_ wanted: [HistoryRequest.Item], _ items: borrowing ItemTable) -> [Int] {
    var found: [[Int]] = Array(repeating: [], count: wanted.count)
    for number in 0..<items.count {
      for (index, one) in wanted.enumerated()
      where items.sku(number).elementsEqual(one.sku.bytes)
        && one.location.map({ items.location(number).elementsEqual($0.bytes) }) ?? true
      {
        found[index].append(number)
      }
    }
    var chosen: [Int] = []
    for (one, numbers) in zip(wanted, found) {
      if numbers.isEmpty {
        unknownItems.append(HistoryItem(sku: one.sku.description, location: one.location?.description ?? ""))
      }
      for number in numbers where !chosen.contains(number) { chosen.append(number) }
    }
    return chosen
  }
}
