/// `recipe`, and reservations of what has one: they take what the recipes say, and are then like any other.
extension Judge {
  /// - Parameter parts: none drops the recipe.
  mutating func setRecipe(
    _ name: ItemName, _ parts: MergedLines, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    if !parts.unknown.isEmpty {
      return rejected(unknown: parts.unknown.map(\.item), UnsafeBufferPointer(start: nil, count: 0))
    }
    let known = state.number(of: name)
    if known == nil, parts.entries.isEmpty { return rejected(unknown: name) }
    if Guards.isChanged(parts.entries.span, step.expected, state.items.span) { return rejected(.changed) }
    if let known {
      if Guards.isChanged(known, step.expected, state.items.span) { return rejected(.changed) }
      if let flaw = flaw(of: parts.entries, for: known, name) { return .invalid(flaw) }
    } else if let flaw = flaw(of: parts.entries, for: ItemNumber(.max), name) {
      return .invalid(flaw)
    }
    let number = known ?? register(name, step, into: &events)
    parts.entries.withUnsafeBufferPointer {
      events.appendRecipe(
        item: number, parts: $0, key: step.key, digest: step.digest, time: step.time, more: step.more)
    }
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted(registering: known == nil ? [name] : [])
  }

  /// Why an item cannot have a recipe of these parts; `nil`: it can.
  private func flaw(of parts: [LineEntry], for item: ItemNumber, _ name: ItemName) -> String? {
    if parts.isEmpty { return nil }
    switch state.recipes.flaw(of: parts, for: item) {
    case .tooMany: return "a recipe has at most \(Limits.maxParts) parts"
    case .ofItself: return "\(name) cannot be a part of itself"
    case .isPart: return "\(name) is a part of something else: name its own parts there, and drop this one"
    case .nested(let part):
      return "\(state.itemNames[Int(part.rawValue)]) has a recipe of its own: name what it is made of instead"
    case nil: break
    }
    guard Int(item.rawValue) < state.items.count else { return nil }
    let own = state.items[Int(item.rawValue)]
    // Nothing would be counted against them.
    guard own.onHand == 0, own.limit >= 0 || own.floor > 0 else { return nil }
    return "\(name) has a limit or a floor and nothing on hand, which would make it of parts only: drop these first, or"
      + " receive some"
  }

  /// The refusal of what concerns an item's own stock, for one that has none.
  func refusalOfPartsOnly(_ item: ItemNumber, _ what: String) -> Outcome? {
    guard let recipe = state.recipes[item], !recipe.hasOwnStock else { return nil }
    let parts = recipe.parts.prefix(4).map { "\(state.itemNames[Int($0.item.rawValue)])" }.joined(separator: ", ")
    let more = recipe.parts.count > 4 ? " and \(recipe.parts.count - 4) more" : ""
    return .invalid(
      "\(state.itemNames[Int(item.rawValue)]) is made of parts and has no stock of its own for \(what): name its parts"
        + " (\(parts)\(more)), or receive some of it")
  }

  /// A reservation of what has a recipe, whose id was never used.
  ///
  /// - Parameters:
  ///   - asked: known items, merged, ascending.
  ///   - taken: what these take.
  mutating func reserveParts(
    id: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64, asked: UnsafeBufferPointer<LineEntry>, _ taken: [LineEntry],
    customer: UnsafeBufferPointer<UInt8>, timeToLive: Int64, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    // What is asked for by name is not always among what is taken.
    if Guards.isChanged(asked.span, step.expected, state.items.span) { return rejected(.changed) }
    if taken.count > Limits.maxLinesPerEvent {
      return .invalid(
        "the parts are \(taken.count) lines, more than \(Limits.maxLinesPerEvent): reserve less at a time")
    }
    return taken.withUnsafeBufferPointer { taken in
      switch verdict(isTaken: false, namesUnknown: false, taken, customer: customer, timeToLive: timeToLive, step) {
      case .accepted: break
      case .taken: return rejected(.conflict)
      case .unknownItem: return rejected(.unknownItem)
      case .changed: return rejected(.changed)
      case .limit(let line): return rejected(limitOf: taken[line], customer)
      case .insufficient: return rejected(short: taken)
      case .overflow: return rejected(.overflow)
      }
      events.appendReservation(
        id: id, lines: taken, customer: customer, timeToLive: timeToLive, time: step.time, more: step.more)
      events.setLastAsked(asked)
      foldLast(&events)
      remember(fingerprint)
      return accepted()
    }
  }
}
