/// What a refused reservation is told: everything that stands in its way at once, and where there is more.
extension Judge {
  /// - Parameter more: lines at any location that are short, too.
  mutating func rejected(
    short entries: UnsafeBufferPointer<LineEntry>, _ more: [Rejection.Shortage] = []
  ) -> Outcome {
    let short = shortages(entries) + more
    if refusals != nil { for entry in entries where isShort(entry) { noteRefusal(entry, .insufficient) } }
    var rejection = Rejection(.insufficient, at: state.lastSequence, short: short)
    rejection.elsewhere = state.places(of: short.map(\.item), onlyAvailable: true)
    return .rejected(rejection)
  }

  /// - Parameter unknown: not none.
  mutating func rejected(unknown: [ItemName], _ entries: UnsafeBufferPointer<LineEntry>) -> Outcome {
    // Lines of a row may name items by numbers that nothing has.
    let asked = entries.filter { Int($0.item.rawValue) < state.items.count }
    let known = state.recipes.taken(by: asked) ?? asked
    var rejection = Rejection(.unknownItem, at: state.lastSequence, item: unknown.first, unknown: unknown)
    rejection.short = known.withUnsafeBufferPointer { shortages($0) }
    rejection.elsewhere = state.places(of: unknown, onlyAvailable: false)
    return .rejected(rejection)
  }

  /// A command of one item names one that does not exist.
  mutating func rejected(unknown item: ItemName) -> Outcome {
    var rejection = Rejection(.unknownItem, at: state.lastSequence, item: item)
    rejection.elsewhere = state.places(of: [item], onlyAvailable: false)
    return .rejected(rejection)
  }

  /// A return or a transfer would register items, and the log's settings forbid it.
  ///
  /// - Parameter items: of a return, all that are new.
  mutating func rejected(newItem first: ItemName, _ items: [ItemName]) -> Outcome {
    var rejection = Rejection(.unknownItem, at: state.lastSequence, item: first, unknown: items)
    rejection.elsewhere = state.places(of: items.isEmpty ? [first] : items, onlyAvailable: false)
    return .rejected(rejection)
  }

  /// - Parameter customer: no bytes: none.
  mutating func rejected(limitOf line: LineEntry, _ customer: UnsafeBufferPointer<UInt8>) -> Outcome {
    noteRefusal(line, .limit)
    let units = NamedCustomer(name: customer, counts: state.counts).units(of: line.item)
    let number = Int(line.item.rawValue)
    return .rejected(
      Rejection(
        .limit, at: state.lastSequence, item: state.itemNames[number],
        passedLimit: .init(asked: line.quantity, count: units, limit: state.items[number].limit)))
  }

  private func isShort(_ entry: LineEntry) -> Bool {
    Guards.availableToNewcomer(state.items[Int(entry.item.rawValue)]) < entry.quantity
  }

  private func shortages(_ entries: UnsafeBufferPointer<LineEntry>) -> [Rejection.Shortage] {
    entries.compactMap { entry in
      let item = state.items[Int(entry.item.rawValue)]
      let available = Guards.availableToNewcomer(item)
      guard available < entry.quantity else { return nil }
      return Rejection.Shortage(
        item: state.itemNames[Int(entry.item.rawValue)], asked: entry.quantity, available: max(0, available),
        waiting: item.wanted)
    }
  }
}

extension State {
  /// Where else these items' SKUs are, at most ``Rejection/mostPlaces``.
  ///
  /// Cost: some 100 ns a SKU and place; once, a walk over all items. None while every item is at `main`, and asked for there.
  mutating func places(of items: [ItemName], onlyAvailable: Bool) -> [Rejection.Place] {
    guard itemNames.hasOtherLocations || items.contains(where: { $0.location != .main }) else { return [] }
    var places = [Rejection.Place]()
    let named = Set(items)
    var seen = Set<Name>()
    var left = State.mostLookedAt
    for item in items where left > 0 && seen.insert(item.sku).inserted {
      let numbers = numbers(of: item.sku)
      left -= numbers.count
      for number in numbers where places.count < Rejection.mostPlaces {
        let level = level(of: number)
        let available = recipes.available(number, self.items, toNewcomer: true)
        guard !named.contains(level.item), !onlyAvailable || available > 0 else { continue }
        places.append(Rejection.Place(item: level.item, available: available))
      }
    }
    return places
  }

  /// Items after which no further SKU is looked for: a refusal must not keep the writer.
  private static let mostLookedAt = 4096

  /// The items of a SKU, by number.
  mutating func numbers(of sku: Name) -> [ItemNumber] {
    skuChains.follow(itemNames)
    return skuChains.numbers(of: sku, itemNames)
  }
}
