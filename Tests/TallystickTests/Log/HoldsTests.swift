import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("Listing holds and events")
struct HoldsTests {
  private let test: TestLog

  init() throws {
    test = try TestLog()
    let log = try test.open()
    defer { log.close() }
    log.receive("tea", 10)
    log.receive("cup", 10)
    for (index, command) in [
      Operation.reserve("a", tea, 1, customer: "ann", timeToLive: 3_600_000),
      .reserve(id: "b", [line(tea, 2), line(cup, 1)], customer: "bob"),
      .reserve("c", cup, 1, customer: "ann"),
      .commit(id: "b", [line(tea, 2)]),
      .commit(id: "c"),
    ].enumerated() {
      #expect(log.append(Command(command)).isAccepted, "command \(index)")
    }
  }

  private func holds(_ filter: HoldFilter = HoldFilter()) throws -> [String] {
    var ids = [String]()
    try LogReader(test.path).holds(filter) {
      ids.append("\($0.id) \($0.state.rawValue)")
      return true
    }
    return ids
  }

  @Test("what is held comes in the order in which it was made, and what is settled does not come")
  func all() throws {
    #expect(try holds() == ["a open", "b partly-settled"])
    var first = [Name]()
    try LogReader(test.path).holds {
      first.append($0.id)
      return false
    }
    #expect(first == ["a"])
  }

  @Test("holds are found by item, by customer, and by when they fall due")
  func filters() throws {
    var filter = HoldFilter()
    filter.customer = "ann"
    #expect(try holds(filter) == ["a open"])
    filter = HoldFilter()
    filter.sku = "tea"
    // All of b's tea is sold.
    #expect(try holds(filter) == ["a open"])
    filter.location = "berlin"
    #expect(try holds(filter).isEmpty)
    filter = HoldFilter()
    filter.dueBy = Limits.maxQuantity
    #expect(try holds(filter) == ["a open"])
    filter.dueBy = 1
    #expect(try holds(filter).isEmpty)
    filter = HoldFilter()
    filter.isDue = true
    #expect(try holds(filter).isEmpty)
  }

  @Test("at an event of the past, what was held then")
  func past() throws {
    var ids = [Name]()
    let sequence = try LogReader(test.path).holds(at: .sequence(7)) {
      ids.append($0.id)
      return true
    }
    #expect(ids == ["a", "b", "c"] && sequence == 7)
  }
}

@Suite("Choosing events")
struct EventFilterTests {
  /// Times 1,000 to 1,005: an item, a receipt with a reference, ann's and bob's reservations, ann's sale, a receipt.
  private func made() throws -> TestLog {
    let test = try TestLog(snapshotEvery: 2)
    let log = try test.open { $0.clock = { 10_000 } }
    defer { log.close() }
    let commands: [(Operation, Int64)] = [
      (.receive([line(tea, 9)], reference: "PO-7"), 1_000), (.reserve("a", tea, 1, customer: "ann"), 1_002),
      (.reserve("b", tea, 1, customer: "bob"), 1_003), (.commit(id: "a"), 1_004), (.receive(tea, 1), 1_005),
    ]
    for (operation, time) in commands { #expect(log.append(Command(operation, time: time)).isAccepted) }
    return test
  }

  private func events(_ change: (inout EventFilter) -> Void) throws -> [UInt64] {
    var filter = EventFilter()
    change(&filter)
    var sequences = [UInt64]()
    let test = try made()
    try LogReader(test.path).events(filter) {
      sequences.append($0.sequence)
      return true
    }
    return sequences
  }

  @Test("by customer, reference and time, alone and together")
  func filters() throws {
    #expect(try events { $0.customer = "ann" } == [3, 5])
    #expect(try events { $0.reference = "PO-7" } == [2])
    #expect(try events { $0.since = 1_003 } == [4, 5, 6])
    #expect(try events { $0.until = 1_002 } == [1, 2, 3])
    #expect(try events { ($0.since, $0.until) = (1_001, 1_004) } == [3, 4, 5])
    #expect(try events { ($0.since, $0.until, $0.customer) = (1_003, 1_005, "ann") } == [5])
    #expect(try events { ($0.since, $0.from) = (1_001, 5) } == [5, 6])
    #expect(try events { $0.since = 1_006 } == [])
    #expect(try events { $0.until = 0 } == [])
  }

  @Test("a sequence of events ends behind its last time, though the log goes on")
  func sequenceEnds() async throws {
    let test = try made()
    var filter = EventFilter()
    filter.until = 1_003
    var sequences = [UInt64]()
    for try await event in try LogReader(test.path).events(filter) { sequences.append(event.sequence) }
    #expect(sequences == [1, 2, 3, 4])
  }
}
