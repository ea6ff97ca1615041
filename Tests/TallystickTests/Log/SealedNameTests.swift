import Testing

@testable import Tallystick

/// What only a sealed index remembers: reservations closed long ago, and their keys.
@Suite("Names that only an index knows")
struct SealedNameTests {
  @Test("a closed reservation is repeated for its own customer only, asked for by a command or by a row")
  func customer() throws {
    let test = try TestLog(snapshotEvery: 50)
    try test.write { log in
      log.receive("tea", 1_000)
      for number in 0..<200 {
        reserve(log, "order-\(number)", customer: number % 2 == 0 ? "ann" : nil)
        _ = log.append(Command(.release(id: Name("order-\(number)"))))
      }
    }
    try test.write { log in
      #expect(log.recovery.snapshotSequence != nil)
      let first = Acceptance(sequence: 11, state: .released, holds: false)
      #expect(reserve(log, "order-4", customer: "ann") == .repeated(first))
      #expect(reserve(log, "order-4", customer: "bob").reason == .conflict)
      #expect(reserve(log, "order-4", customer: nil).reason == .conflict)
      #expect(reserve(log, "order-5", customer: "ann").reason == .conflict)
      #expect(reserve(log, "order-5", customer: nil).repeatedSequence == 13)
      let tea = try #require(try log.number(of: ItemName(sku: "tea")))
      var rows = CommandRows()
      for customer: Name? in ["ann", "bob", nil] { add("order-4", tea, customer, to: &rows) }
      add("order-5", tea, "ann", to: &rows)
      let answers = log.append(rows)
      #expect(
        (0..<4).map { answers[$0].status } == [
          .repeated, .rejected(.conflict), .rejected(.conflict), .rejected(.conflict),
        ])
    }
  }

  @discardableResult
  private func reserve(_ log: TallyLog, _ id: String, customer: Name?) -> Outcome {
    log.append(Command(.reserve(id: Name(id), [Line(sku: "tea", 1)], customer: customer)))
  }

  private func add(_ id: Name, _ item: ItemNumber, _ customer: Name?, to rows: inout CommandRows) {
    id.bytes.withUnsafeBufferPointer { id in
      withUnsafePointer(to: LineEntry(item: item, quantity: 1)) {
        rows.reserve(id: id, lines: UnsafeBufferPointer(start: $0, count: 1), customer: customer)
      }
    }
  }
}
