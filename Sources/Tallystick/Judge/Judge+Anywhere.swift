/// `reserve` with lines at any location: they become lines of items, and then it is a reservation like any other. None of it
/// waits in line, and none takes what others wait for.
extension Judge {
  mutating func reserveAnywhere(
    id: Name, _ lines: [Line], customer: Name?, timeToLive: Int64, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    let asked = AskedLines(lines, state)
    if let earlier = answer(to: known(id), asked, customer: customer, timeToLive: timeToLive) { return earlier }
    let places = asked.anywhere.map { state.placesInOrder(of: $0.sku) }
    let unknown =
      asked.named.unknown.map(\.item)
      + zip(asked.anywhere, places).compactMap { asked, places in
        places.isEmpty ? ItemName(sku: asked.sku, location: .anyLocation) : nil
      }
    if !unknown.isEmpty {
      return asked.named.entries.withUnsafeBufferPointer { rejected(unknown: unknown, $0) }
    }
    // A SKU at any location names all its items.
    for item in places.joined() where Guards.isChanged(item, step.expected, state.items.span) {
      return rejected(.changed)
    }
    let (taken, short) = take(asked, places)
    if taken.count > Limits.maxLinesPerEvent {
      return .invalid(
        "the lines would be taken from \(taken.count) items, more than \(Limits.maxLinesPerEvent): reserve less at a time"
      )
    }
    let outcome = taken.withUnsafeBufferPointer { taken in
      (customer?.bytes ?? []).withUnsafeBufferPointer { customer in
        short.isEmpty
          ? id.bytes.withUnsafeBufferPointer {
            reserve(
              id: $0, hash(id), taken, unknown: [], customer: customer, timeToLive: timeToLive, step, into: &events)
          } : refusal(taken, short, customer, step)
      }
    }
    return outcome
  }

  /// The answer to an id that stands for something already; `nil`: it does not.
  private func answer(
    to earlier: EarlierName, _ asked: AskedLines, customer: Name?, timeToLive: Int64
  ) -> Outcome? {
    switch earlier {
    case .nothing: return nil
    case .key: return rejected(.conflict)
    case .reservation(let first):
      // What was taken at first, whatever has been altered since.
      let original = self.asked(of: first) ?? OriginalReservation(first)
      guard asked.isMet(by: original.lines, state.itemNames), original.timeToLive == timeToLive,
        first.customer == (customer.map { CompactName($0) } ?? .none)
      else { return rejected(.conflict) }
      return again(first.sequence, first.state)
    case .sealed(let first, let closing):
      guard case .reservation(let taken, let firstCustomer, let firstTimeToLive) = first.meaning,
        asked.isMet(by: first.asked ?? taken, state.itemNames), firstTimeToLive == timeToLive,
        firstCustomer.bytes == customer?.bytes ?? []
      else { return rejected(.conflict) }
      return again(first.sequence, closing?.state)
    }
  }

  /// Which items the lines ask for how many of, ascending; of SKUs for which there is too little, what there is, and what is
  /// short.
  ///
  /// - Parameter places: of each SKU at any location its items, in the order in which they are taken.
  private func take(
    _ asked: AskedLines, _ places: [[ItemNumber]]
  ) -> (taken: [LineEntry], short: [Rejection.Shortage]) {
    var taken: [ItemNumber: Int64] = [:]
    // And what their parts take.
    var used: [ItemNumber: Int64] = [:]
    for entry in asked.named.entries {
      taken[entry.item] = entry.quantity
      state.recipes.take(entry, from: &used)
    }
    var short = [Rejection.Shortage]()
    for (line, places) in zip(asked.anywhere, places) {
      var left = line.quantity
      for item in places where left > 0 {
        // What the cart asks for there by name comes first.
        let free = min(left, state.recipes.available(item, state.items, besides: used, toNewcomer: true))
        guard free > 0 else { continue }
        taken[item, default: 0] += free
        state.recipes.take(LineEntry(item: item, quantity: free), from: &used)
        left -= free
      }
      if left > 0 {
        short.append(
          Rejection.Shortage(
            item: ItemName(sku: line.sku, location: .anyLocation), asked: line.quantity,
            available: line.quantity - left))
      }
    }
    let entries = taken.map { LineEntry(item: $0.key, quantity: $0.value) }.sorted { $0.item < $1.item }
    return (entries, short)
  }

  /// Why lines cannot be taken of which some are short: that a limit is passed comes before.
  private mutating func refusal(
    _ taken: UnsafeBufferPointer<LineEntry>, _ short: [Rejection.Shortage], _ customer: UnsafeBufferPointer<UInt8>,
    _ step: Step
  ) -> Outcome {
    let parts = state.recipes.taken(by: taken)
    return (parts ?? []).withUnsafeBufferPointer { refusal(parts == nil ? taken : $0, short, customer, of: step) }
  }

  private mutating func refusal(
    _ taken: UnsafeBufferPointer<LineEntry>, _ short: [Rejection.Shortage], _ customer: UnsafeBufferPointer<UInt8>,
    of step: Step
  ) -> Outcome {
    let verdict = Guards.reservation(
      isTaken: false, taken.span, expected: step.expected,
      customer: NamedCustomer(name: customer, counts: state.counts), timeToLive: 0, at: step.time, state.items.span)
    switch verdict {
    case .changed: return rejected(.changed)
    case .limit(let line): return rejected(limitOf: taken[line], customer)
    default: return rejected(short: taken, short)
    }
  }
}
