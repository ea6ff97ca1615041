import Testing

@testable import Tallystick

/// A judge and the naive model side by side: every command goes to both, and they must agree in everything.
struct Shop {
  private(set) var judge = JudgeUnderTest()
  private(set) var model = NaiveModel()
  /// Unix milliseconds; every test begins here.
  var now: Int64 = 1_000_000

  var lastSequence: UInt64 { judge.lastSequence }

  @discardableResult
  mutating func ask(
    _ operation: Operation, key: Name? = nil, at time: Int64? = nil, expecting sequence: UInt64? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> Outcome {
    let command = Command(operation, key: key, time: time, expectedSequence: sequence)
    let (outcome, difference) = compare(command)
    if let difference { Issue.record("\(difference)", sourceLocation: sourceLocation) }
    return outcome
  }

  /// Gives a command to both.
  ///
  /// - Returns: the judge's answer, and in what the two differ afterwards.
  mutating func compare(_ command: Command, asRow: Bool = false) -> (Outcome, difference: String?) {
    let eventsBefore = model.events.count
    let (outcome, traces) =
      (asRow ? judge.judgeAsRow(command, clock: now) : nil) ?? judge.judge(command, clock: now)
    let expected = model.judge(command, clock: now)
    guard expected.matches(outcome) else { return (outcome, "the judge answers \(outcome), the model \(expected)") }
    let expectedTraces = model.events[eventsBefore...].map {
      JudgeUnderTest.Trace(kind: $0.kind, time: $0.time, more: $0.more)
    }
    guard traces == expectedTraces else { return (outcome, "the judge makes \(traces), the model \(expectedTraces)") }
    if let flaw = judge.flawOfState() { return (outcome, "the state breaks an invariant: \(flaw)") }
    let books = model.books
    if let difference = Refusals.difference(in: outcome, to: command.operation, books) { return (outcome, difference) }
    guard judge.lastSequence == books.lastSequence, judge.lastTime == books.lastTime else {
      return (outcome, "the judge stands at \(judge.lastSequence), the model at \(books.lastSequence)")
    }
    for item in command.operation.items.union(books.items.keys) {
      let expected = books.items[item].map {
        StockLevel(
          item: item, onHand: $0.onHand, held: $0.held, waiting: $0.wanted, limit: $0.limit, floor: $0.floor,
          sequence: $0.lastChange, parts: books.numbered($0.parts),
          hasOwnStock: $0.parts.isEmpty || $0.hasOwnStock,
          preference: books.preferences[item.sku]?.firstIndex(of: item.location).map { $0 + 1 },
          made: $0.parts.isEmpty ? nil : books.available(item))
      }
      let level = judge.level(of: item)
      if level != expected {
        return (outcome, "of \(item) the judge has \(level as Any), the model \(expected as Any)")
      }
    }
    return (outcome, nil)
  }

  /// What is wrong when the events so far are written, read back and replayed; `nil`: nothing.
  func flawOfReplay() -> String? {
    var copy = self
    do { return try copy.flush() } catch { return "\(error)" }
  }

  mutating func flush(restoring: Bool = false) throws -> String? { try judge.flush(restoring: restoring) }

  func level(_ item: ItemName) -> StockLevel? { judge.level(of: item) }
  func available(_ item: ItemName) -> Int64? { judge.level(of: item)?.available }
}

extension Shop {
  /// A shop that has received these, in one command.
  static func with(_ lines: Line...) -> Shop {
    var shop = Shop()
    shop.ask(.receive(lines))
    return shop
  }
}

extension Operation {
  /// All items that it names itself.
  var items: Set<ItemName> {
    switch self {
    case .receive(let lines, _), .returned(let lines, _), .reserve(_, let lines, _, _, _): Set(lines.map(\.item))
    case .commit(_, let lines), .release(_, let lines): Set((lines ?? []).map(\.item))
    case .adjust(let item, _, _, _), .limit(let item, _), .floor(let item, _): [item]
    case .register(let items): Set(items)
    case .recipe(let item, let parts): Set([item] + parts.map(\.item))
    case .prefer(let sku, let locations): Set(locations.map { ItemName(sku: sku, location: $0) })
    case .dated(let movement, _): movement.items
    case .transfer(let sku, _, let from, let to), .transferWith(let sku, _, let from, let to, _):
      [.init(sku: sku, location: from), .init(sku: sku, location: to)]
    case .commitMore(_, let lines), .amend(_, let lines), .returnedOf(_, let lines, _): Set(lines.map(\.item))
    case .expire, .extend, .reopen, .acknowledge, .forgetConsumer: []
    case .batch(let operations): operations.reduce(into: []) { $0.formUnion($1.items) }
    }
  }
}
