import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("A log with a line")
struct WaitingLogTests {
  private func wait(_ id: Name, _ quantity: Int64 = 1, timeToLive: Int64? = nil) -> Command {
    Command(.reserve(id: id, [Line(sku: "tea", quantity)], timeToLive: timeToLive, wait: .forever))
  }

  @Test("a receipt fills many in as many frames as that takes, and each has its turn")
  func manyFrames() throws {
    let test = try TestLog(segmentSize: 1 << 20)
    let waiting = 70_000
    try test.write { (log: TallyLog) throws -> Void in
      log.receive("tea", 1)
      log.reserve("first", "tea", 1)
      for start in stride(from: 0, to: waiting, by: 10_000) {
        _ = log.append((start..<(start + 10_000)).map { wait(Name("w-\($0)")) })
      }
      #expect(log.receive("tea", Int64(waiting)).isAccepted)
      // Nobody waits for the next command.
      #expect(try log.stock([ItemName(sku: "tea")])[0]?.held == Int64(waiting + 1))
      #expect(try log.reservation("w-69999")?.state == .open)
    }
    let report = try test.audit()
    #expect(report.verdict == .proven && report.lastSequence == UInt64(4 + 2 * waiting))
    #expect(report.frames >= 10)
    #expect(report.stateDigest == (try LogReader(test.path).info().stateDigest))
  }

  @Test("who is stopped half-way through the fillings is gone on with, by whatever writer comes next")
  func goesOn() throws {
    let test = try TestLog(segmentSize: 1 << 20)
    let clock = ManualClock(1_000_000)
    let waiting = 40_000
    let log = try test.open { $0.clock = { clock.now } }
    log.receive("tea", 1)
    log.reserve("first", "tea", 1)
    _ = log.append((0..<waiting).map { wait(Name("w-\($0)"), timeToLive: 1_000) })
    log.receive("tea", Int64(waiting))
    log.close()
    // The frames of the fillings are cut off: as if the power had failed.
    let segment = try test.lastSegment
    let whole = try read(segment)
    let report = try test.audit()
    var ends = [Int]()
    let frames = try LogReader(test.path).source.frames(from: .beginning, showsUnsynced: true)
    while case .frame(let frame, let position) = try frames.next() {
      if frame.lastSequence > UInt64(4 + waiting), !frame.isEmpty { ends.append(position.offset + frame.bytes.count) }
    }
    let cut = try #require(ends.first)
    try overwrite(segment, [UInt8](repeating: 0, count: whole.count - cut), at: cut)
    try LocalFileSystem().remove(LogDirectory(test.path).floor)
    let halfWay = try test.audit()
    #expect(halfWay.verdict == .proven && halfWay.lastSequence < report.lastSequence)
    clock.now += 500
    let again = try test.open { $0.clock = { clock.now } }
    _ = again.append(Command(.expire))
    again.close()
    // At the receipt's time: as if nothing had happened.
    let end = try test.audit()
    #expect(end.verdict == .proven && end.lastSequence == report.lastSequence && end.stateDigest == report.stateDigest)
  }

  @Test("rows that free stock let those in line come first")
  func rows() throws {
    let test = try TestLog()
    try test.write { (log: TallyLog) throws -> Void in
      log.receive("tea", 3)
      for number in 0..<3 { log.reserve(Name("hold-\(number)"), "tea", 1) }
      _ = log.append([wait("w-0"), wait("w-1")])
      let tea = try #require(try log.number(of: ItemName(sku: "tea")))
      var rows = CommandRows()
      for number in 0..<2 {
        Array("hold-\(number)".utf8).withUnsafeBufferPointer { rows.release(id: $0) }
        rows.reserve(id: "newcomer-\(number)", item: tea, quantity: 1)
      }
      rows.receive(item: tea, quantity: 1)
      for number in 2..<20 { rows.reserve(id: "newcomer-\(number)", item: tea, quantity: 1) }
      let answers = log.append(rows)
      #expect(
        (0..<answers.count).map { answers[$0].status == .accepted } == [true, false, true, false, true, true]
          + [Bool](repeating: false, count: 17))
      #expect(try log.reservation("w-1")?.state == .open)
    }
    #expect(try test.audit().verdict == .proven)
  }

  @Test("plain commands that free stock do so, too, and a waiting reservation is settled by none of them")
  func plainCommands() throws {
    let test = try TestLog()
    try test.write { (log: TallyLog) throws -> Void in
      log.receive("tea", 2)
      log.reserve("a", "tea", 2)
      let answers = log.append([
        wait("w-0"), wait("w-1"), Command(.commit(id: "w-0")), Command(.release(id: "w-1")), Command(.release(id: "a")),
        Command(.reserve(id: "late", [Line(sku: "tea", 2)])), Command(.commit(id: "w-0")),
      ])
      #expect(answers.map(\.isAccepted) == [true, true, false, true, true, false, true])
    }
    #expect(try test.audit().verdict == .proven)
  }

  @Test("a plain command about something else waits for them, too: before it comes who can be filled")
  func plainCommandsOfOthers() throws {
    let test = try TestLog()
    try test.write { (log: TallyLog) throws -> Void in
      log.receive("tea", 2)
      log.receive("cup", 5)
      for id: Name in ["a", "b"] { log.reserve(id, "tea", 1) }
      log.reserve("c", "cup", 1)
      let first = try #require(log.append(wait("w-0")).sequence)
      _ = log.append(wait("w-1"))
      // Each release fills somebody: one event comes between.
      let answers = log.append([
        Command(.release(id: "a")), Command(.reserve(id: "late", [Line(sku: "cup", 1)])), Command(.release(id: "b")),
        Command(.commit(id: "c")), Command(.reserve(id: "later", [Line(sku: "cup", 1)])),
      ])
      #expect(answers.map { ($0.sequence ?? 0) - first } == [2, 4, 5, 7, 8])
      for id: Name in ["w-0", "w-1"] { #expect(try log.reservation(id)?.state == .open) }
    }
    #expect(try test.audit().verdict == .proven)
  }

  @Test("a line, and who has waited, survive a snapshot")
  func snapshot() throws {
    let test = try TestLog()
    try test.write { (log: TallyLog) throws -> Void in
      log.receive("tea", 2)
      log.receive("cup", 2)
      log.reserve("a", "tea", 2)
      _ = log.append([wait("w-0", timeToLive: 900), wait("w-1", 2, timeToLive: 900), wait("w-2")])
      _ = log.append(
        Command(
          .reserve(
            id: "a cart with a long name of its own", [Line(sku: "tea", 1), Line(sku: "cup", 3)], customer: "c",
            timeToLive: 5, wait: .milliseconds(1 << 40))))
      log.receive("tea", 1)
    }
    let before = try LogReader(test.path).info()
    #expect(before.waitingReservations == 3 && before.openReservations == 2)
    _ = try SnapshotStore(test.path).rebuild()
    try test.write { (log: TallyLog) throws -> Void in
      #expect(log.recovery.snapshotSequence == before.head.lastSequence)
      #expect(
        try log.queue(of: ItemName(sku: "tea"))?.map(\.id) == ["w-1", "w-2", "a cart with a long name of its own"])
      #expect(log.append(wait("w-1", 2, timeToLive: 900)).repeatedState == .waiting)
      #expect(log.append(wait("w-0", timeToLive: 900)).repeatedState == .open)
      #expect(log.append(wait("w-0", timeToLive: 901)).reason == .conflict)
      log.receive("cup", 1)
      log.receive("tea", 4)
      #expect(try log.queue(of: ItemName(sku: "tea")) == [])
    }
    #expect(try test.audit().verdict == .proven)
    #expect(try LogReader(test.path).show("w-1")?.events.map(\.kind) == [.waiting, .filled])
  }

  @Test("a timer ends waiting and holds, and fills")
  func timer() throws {
    let test = try TestLog()
    let clock = ManualClock(1_000_000)
    let log = try test.open {
      $0.clock = { clock.now }
      $0.runsInline = true
      $0.expiresOnTimer = true
    }
    log.receive("tea", 1)
    log.reserve("a", "tea", 1, timeToLive: 10)
    _ = log.append(Command(.reserve(id: "short", [Line(sku: "tea", 1)], wait: .milliseconds(9))))
    _ = log.append(wait("w"))
    clock.now += 10
    log.tick()
    log.tick()
    let events = try LogReader(test.path).show("w")?.events.map(\.kind)
    #expect(events == [.waiting, .filled])
    #expect(try LogReader(test.path).show("short")?.state == .expired)
    log.close()
  }

  @Test("carts in line that are blocked on another item are looked at only when that item comes")
  func looks() throws {
    var judge = Judge(log: JudgeUnderTest.log)
    var events = EventColumns(firstSequence: 1)
    _ = judge.judge(Command(.receive([Line(sku: "tea", 1), Line(sku: "cup", 1)])), clock: 1, into: &events)
    _ = judge.judge(Command(.reserve(id: "a", [Line(sku: "tea", 1)])), clock: 1, into: &events)
    for number in 0..<2_000 {
      let cart = [Line(sku: "tea", 1), Line(sku: "cup", 2)]
      _ = judge.judge(Command(.reserve(id: Name("cart-\(number)"), cart, wait: .forever)), clock: 1, into: &events)
    }
    let (tea, cup) = (ItemNumber(0), ItemNumber(1))
    // Tea comes and goes; the first time each cart is found to be blocked on cups, and after that none is looked at.
    for round in 0..<3 {
      _ = judge.judge(Command(.receive([Line(sku: "tea", 2_000)])), clock: 1, into: &events)
      judge.serveLine(into: &events)
      #expect(judge.state.waiting.firstWatched(on: tea) == nil, "round \(round)")
      #expect(judge.state.waiting.firstWatched(on: cup)?.units == 2, "round \(round)")
      _ = judge.judge(Command(.adjust(ItemName(sku: "tea"), .to(1), reason: "count")), clock: 1, into: &events)
    }
    #expect(judge.state.waiting.count == 2_000)
    _ = judge.judge(Command(.receive([Line(sku: "tea", 2), Line(sku: "cup", 3)])), clock: 1, into: &events)
    judge.serveLine(into: &events)
    #expect(judge.state.waiting.count == 1_998)
    #expect(judge.state.checkInvariants() == nil)
  }
}
