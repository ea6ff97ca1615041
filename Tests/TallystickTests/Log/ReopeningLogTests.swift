import TallyAudit
import Testing

@testable import Tallystick

@Suite("Orders long closed that are reopened")
struct ReopeningLogTests {
  private func ask(_ log: TallyLog, _ operation: Tallystick.Operation) -> Outcome { log.append(Command(operation)) }

  /// So much else that an index seals what was before.
  private func writeOthers(_ log: TallyLog, _ name: String) {
    for number in 0..<200 {
      _ = ask(log, .reserve(id: Name("\(name)-\(number)"), [line(cup, 1)]))
      _ = ask(log, .release(id: Name("\(name)-\(number)")))
    }
  }

  @Test("hold what an index and the log remember of them, and are closed again as often as it takes")
  func sealed() throws {
    let test = try TestLog(snapshotEvery: 50)
    try test.write { log in
      log.receive("cup", 10_000)
      for id: Name in ["plain", "amended", "parts", "sold", "mixed"] {
        #expect(ask(log, .reserve(id: id, [line(cup, 10)], customer: "ann")).isAccepted)
      }
      _ = ask(log, .release(id: "plain"))
      _ = ask(log, .amend(id: "amended", [line(cup, 4)]))
      _ = ask(log, .release(id: "amended"))
      _ = ask(log, .release(id: "parts", [line(cup, 3)]))
      _ = ask(log, .release(id: "parts"))
      _ = ask(log, .commit(id: "sold"))
      _ = ask(log, .commit(id: "mixed", [line(cup, 1)]))
      _ = ask(log, .release(id: "mixed"))
      writeOthers(log, "first")
    }
    try test.write { log in
      #expect(log.recovery.snapshotSequence != nil)
      #expect(ask(log, .reopen(id: "sold")).reason == .settled)
      #expect(ask(log, .reopen(id: "mixed")).reason == .settled)
      for id: Name in ["plain", "amended", "parts"] { #expect(ask(log, .reopen(id: id)).isAccepted, "\(id)") }
      #expect(ask(log, .reopen(id: "plain")).reason == .conflict)
      writeOthers(log, "second")
    }
    try test.write { log in
      // What was asked at first is still told from anything else.
      #expect(ask(log, .reserve(id: "plain", [line(cup, 10)], customer: "ann")).holds == true)
      #expect(ask(log, .reserve(id: "amended", [line(cup, 4)], customer: "ann")).reason == .conflict)
      #expect(ask(log, .release(id: "plain")).isAccepted)
      #expect(ask(log, .commit(id: "amended")).isAccepted)
      writeOthers(log, "third")
    }
    try test.write { log in
      #expect(ask(log, .reopen(id: "plain", timeToLive: 60_000)).isAccepted)
      #expect(ask(log, .reopen(id: "amended")).reason == .settled)
      #expect(ask(log, .returnedOf(order: "amended", [line(cup, 5)])).reason == .settled)
      #expect(ask(log, .returnedOf(order: "amended", [line(cup, 4)])).isAccepted)
    }
    #expect(try Auditor(LogDirectory(test.path)).run().verdict == .proven)
    let reader = try LogReader(test.path)
    let plain = try #require(try reader.show("plain"))
    #expect(plain.events.map(\.kind) == [.reserved, .released, .reopened, .released, .reopened])
    #expect(plain.state == .open && plain.lines.map(\.open) == [10] && plain.expires != nil)
    let amended = try #require(try reader.show("amended"))
    #expect(amended.events.map(\.kind) == [.reserved, .amended, .released, .reopened, .committed, .returnedOf])
    #expect(amended.state == .committed && amended.lines.map(\.returned) == [4])
  }

  @Test("what took parts is a repeat by what was asked, also when a snapshot and an index remember it")
  func partsAfterSnapshot() throws {
    let test = try TestLog(snapshotEvery: 50)
    let set = ItemName(sku: "set")
    func ask(_ log: TallyLog, _ operation: Tallystick.Operation) -> Outcome { log.append(Command(operation)) }
    func others(_ log: TallyLog, _ name: String) {
      for number in 0..<100 {
        _ = ask(log, .reserve(id: Name("\(name)-\(number)"), [line(cup, 1)]))
        _ = ask(log, .release(id: Name("\(name)-\(number)")))
      }
    }
    try test.write { log in
      log.receive("cup", 100)
      _ = ask(log, .register([set]))
      _ = ask(log, .recipe(set, [line(cup, 2)]))
      #expect(ask(log, .reserve(id: "a", [line(set, 3)])).isAccepted)
      others(log, "first")
    }
    try test.write { log in
      #expect(log.recovery.snapshotSequence != nil)
      #expect(ask(log, .reserve(id: "a", [line(set, 3)])).repeatedSequence != nil)
      #expect(ask(log, .reserve(id: "a", [line(cup, 6)])).reason == .conflict)
      others(log, "second")
    }
  }
}
