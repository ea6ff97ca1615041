import TallyAudit
import Testing

@testable import Tallystick

@Suite("Goods that come back of an order long settled")
struct OrderReturnLogTests {
  private func ask(_ log: TallyLog, _ operation: Tallystick.Operation) -> Outcome { log.append(Command(operation)) }

  /// Orders of ten cups each: sold whole, sold in part and released, sold in part and amended, sold with more than was held,
  /// never sold; then so much else that an index seals them all.
  private func write(_ log: TallyLog) {
    log.receive("cup", 10_000)
    for id: Name in ["whole", "part", "amended", "more", "none"] {
      #expect(ask(log, .reserve(id: id, [line(cup, 10)], customer: "ann")).isAccepted)
    }
    #expect(ask(log, .commit(id: "whole")).isAccepted)
    #expect(ask(log, .commit(id: "part", [line(cup, 4)])).isAccepted)
    #expect(ask(log, .release(id: "part")).isAccepted)
    #expect(ask(log, .commit(id: "amended", [line(cup, 3)])).isAccepted)
    #expect(ask(log, .amend(id: "amended", [line(cup, 2)])).isAccepted)
    #expect(ask(log, .commit(id: "amended")).isAccepted)
    #expect(ask(log, .commitMore(id: "more", [line(cup, 12)])).isAccepted)
    #expect(ask(log, .release(id: "none")).isAccepted)
  }

  private func writeOthers(_ log: TallyLog, _ name: String) {
    for number in 0..<200 {
      _ = ask(log, .reserve(id: Name("\(name)-\(number)"), [line(cup, 1)]))
      _ = ask(log, .release(id: Name("\(name)-\(number)")))
    }
  }

  private static let sold: [(id: Name, units: Int64)] = [
    ("whole", 10), ("part", 4), ("amended", 5), ("more", 12), ("none", 0),
  ]

  @Test("is bounded by what the order sold, which an index and the log remember, and by what came back before")
  func sealed() throws {
    let test = try TestLog(snapshotEvery: 50)
    try test.write { log in
      write(log)
      writeOthers(log, "first")
    }
    try test.write { log in
      #expect(log.recovery.snapshotSequence != nil)
      for (id, units) in Self.sold {
        let refusal = ask(log, .returnedOf(order: id, [line(cup, units + 1)]))
        #expect(refusal.detail == .notSold([.init(item: cup, asked: units + 1, sold: units, returned: 0)]), "\(id)")
        if units > 0 { #expect(ask(log, .returnedOf(order: id, [line(cup, 1)])).isAccepted, "\(id)") }
      }
      writeOthers(log, "second")
    }
    try test.write { log in
      for (id, units) in Self.sold where units > 0 {
        let refusal = ask(log, .returnedOf(order: id, [line(cup, units)]))
        #expect(refusal.detail == .notSold([.init(item: cup, asked: units, sold: units, returned: 1)]), "\(id)")
        #expect(ask(log, .returnedOf(order: id, [line(cup, units - 1)])).isAccepted, "\(id)")
        #expect(ask(log, .returnedOf(order: id, [line(cup, 1)])).reason == .settled, "\(id)")
      }
    }
    #expect(try Auditor(LogDirectory(test.path)).run().verdict == .proven)
    let story = try #require(try LogReader(test.path).show("part"))
    #expect(story.state == .mixed && story.lines.map(\.returned) == [4])
    #expect(story.events.map(\.kind) == [.reserved, .committed, .released, .returnedOf, .returnedOf])
  }

  @Test("of an order that was settled in parts before a snapshot, and closed after it, counts both")
  func acrossSnapshot() throws {
    let test = try TestLog(snapshotEvery: 50)
    try test.write { log in
      log.receive("cup", 10_000)
      _ = ask(log, .reserve(id: "o", [line(cup, 10)]))
      _ = ask(log, .commit(id: "o", [line(cup, 2)]))
      _ = ask(log, .release(id: "o", [line(cup, 1)]))
      writeOthers(log, "first")
    }
    try test.write { log in
      #expect(log.recovery.snapshotSequence != nil)
      #expect(ask(log, .returnedOf(order: "o", [line(cup, 1)])).isAccepted)
      #expect(ask(log, .commit(id: "o", [line(cup, 3)])).isAccepted)
      #expect(ask(log, .release(id: "o")).isAccepted)
      let refusal = ask(log, .returnedOf(order: "o", [line(cup, 5)]))
      #expect(refusal.detail == .notSold([.init(item: cup, asked: 5, sold: 5, returned: 1)]))
      #expect(ask(log, .returnedOf(order: "o", [line(cup, 4)])).isAccepted)
    }
    #expect(try Auditor(LogDirectory(test.path)).run().verdict == .proven)
  }
}
