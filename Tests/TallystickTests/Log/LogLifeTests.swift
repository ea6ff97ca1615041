import Dispatch
import Glibc
import Synchronization
import TallyTestSupport
import TallyThreads
import Testing

@testable import Tallystick

@Suite("A log on disk")
struct LogLifeTests {
  @Test("what was accepted is there after reopening, and retries get the first answer")
  func reopening() async throws {
    let test = try TestLog()
    try test.write { log in
      #expect(log.receive("tea", 10).sequence == 2)
      #expect(log.reserve("order-1", "tea", 7).sequence == 3)
      #expect(log.reserve("order-2", "tea", 7).reason == .insufficient)
    }
    try test.write { log in
      #expect(log.reserve("order-1", "tea", 7) == .repeated(Acceptance(sequence: 3, state: .open, holds: true)))
      #expect(log.reserve("order-1", "tea", 6).reason == .conflict)
      #expect(log.append(Command(.commit(id: "order-1"))).sequence == 4)
    }
    #expect(try LogReader(test.path).stock().levels.map(\.onHand) == [3])
    #expect(try test.audit().verdict == .proven)
  }

  @Test(
    "what has an explicit time, or no right form, expires nothing that is due only by the clock, whatever comes with it"
  )
  func explicitTimes() throws {
    let test = try TestLog()
    let clock = ManualClock(1_000)
    let log = try test.open { $0.clock = { clock.now } }
    defer { log.close() }
    log.receive("tea", 10)
    log.reserve("held", "tea", 10, timeToLive: 500)
    clock.now = 2_000
    let invalid = [
      Command(.reserve(id: "a\u{1}", [Line(sku: "tea", 1)])), Command(.reserve(id: "b", [Line(sku: "t\u{1}", 1)])),
      Command(.reserve(id: "c", [Line(sku: "tea", 0)])), Command(.commit(id: "")), Command(.release(id: "\u{7F}")),
      Command(.reserve(id: "d", [Line(sku: "tea", location: "", 1)])),
      Command(.reserve(id: "e", [Line(sku: "tea", 1)], timeToLive: 0)),
    ]
    let early = Command(.reserve(id: "early", [Line(sku: "tea", 1)]), time: 1_400)
    let outcomes = log.append(invalid + [early])
    #expect(outcomes.count == 8 && outcomes.dropLast().allSatisfy { if case .invalid = $0 { true } else { false } })
    // At that time it is still held.
    #expect(outcomes.last?.reason == .insufficient && log.lastSequence == 3)
    // Now it is not; a command of its own time after it is too early.
    let late = log.append([Command(.reserve(id: "now", [Line(sku: "tea", 10)])), early])
    #expect(late.first?.sequence == 5 && late.last?.reason == .time)
  }

  @Test("a second writer is refused and told who has the log")
  func secondWriter() throws {
    let test = try TestLog()
    let log = try test.open()
    defer { log.close() }
    #expect { try test.open() } throws: { error in
      guard case .inUse(_, let process) = error as? TallyError else { return false }
      return process == getpid()
    }
  }

  @Test("a log is made only where nothing is, and nothing else is opened as one")
  func notALog() throws {
    let test = try TestLog()
    #expect { try TallyLog.create(test.path) } throws: { "\($0)".contains("not empty") }
    let empty = TemporaryDirectory()
    #expect { try TallyLog(empty.path) } throws: { "\($0)".contains("no segments") }
    #expect { try TallyLog(empty.path + "/nowhere") } throws: { "\($0)".contains("no such directory") }
  }

  @Test("a newer format version is refused by its number")
  func newerVersion() throws {
    let test = try TestLog()
    try overwrite(try test.lastSegment, [2], at: 16)
    #expect { try test.open() } throws: { "\($0)".contains("format version 2") }
    #expect { try LogReader(test.path) } throws: { "\($0)".contains("format version 2") }
  }

  @Test("a torn tail is cut and nothing acknowledged is lost")
  func tornTail() throws {
    let test = try TestLog()
    try test.write { log in
      log.receive("tea", 10)
      log.reserve("order-1", "tea", 1)
    }
    let info = try LogReader(test.path).info()
    let torn = [UInt8](repeating: 0xAB, count: 100)
    try overwrite(try test.lastSegment, torn, at: info.segments[0].usedBytes)
    #expect(try test.audit().verdict == .proven)
    #expect(try test.audit().tornBytes == 100)
    #expect(try Repair.inspect(test.path).tornBytes == 100)
    try test.write { log in
      #expect(log.recovery.cutTornBytes == 100)
      #expect(log.reserve("order-1", "tea", 1).repeatedSequence == 3)
    }
    #expect(try test.audit().tornBytes == 0)
  }

  @Test("repair cuts the torn tail and nothing else")
  func repair() throws {
    let test = try TestLog()
    _ = try test.write { $0.receive("tea", 10) }
    let info = try LogReader(test.path).info()
    try overwrite(try test.lastSegment, [1, 2, 3], at: info.segments[0].usedBytes)
    #expect(try Repair.truncateTornTail(test.path).tornBytes == 3)
    #expect(try Repair.inspect(test.path).tornBytes == 0)
    #expect(try LogReader(test.path).info().head == info.head)
  }

  @Test("damage before the end is refused, with the file, the offset and the event")
  func damage() throws {
    let test = try TestLog()
    try test.write { log in
      log.receive("tea", 10)
      log.reserve("order-1", "tea", 1)
    }
    try overwrite(try test.lastSegment, [0xFF], at: Limits.segmentHeaderBytes + 60)
    #expect { try test.open() } throws: { error in
      guard case .log(.damaged(let position, let sequence, _)) = error as? TallyError else { return false }
      return position.offset == Limits.segmentHeaderBytes && sequence == 1
    }
    #expect(throws: TallyError.self) { try Repair.truncateTornTail(test.path) }
    #expect(try test.audit().verdict == .damaged)
  }

  @Test("sealed segments are valid .lz4 files whose payloads decode")
  func rotation() throws {
    let test = try TestLog()
    try test.write { log in
      log.receive("tea", 1_000_000)
      for number in 0..<1500 { log.reserve(Name("order-\(number)-\(number * 7919)"), "tea", 1) }
    }
    let directory = LogDirectory(test.path)
    let segments = try directory.listSegments(LocalFileSystem())
    #expect(segments.count > 2)
    guard let lz4 = ChildProcess(["lz4", "-dc", directory.segment(segments[0])]) else {
      Issue.record("lz4 is not installed; Tools/setup installs it")
      return
    }
    let raw = lz4.readToEnd()
    #expect(lz4.wait() == 0)
    var offset = 0
    var next: UInt64 = 1
    while offset < raw.count {
      try raw.withUnsafeBytes { bytes in
        var reader = ByteReader(bytes, at: offset)
        let length = Int(try reader.varint())
        let end = reader.offset + length
        let columns = try EventColumns.decode(UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
        #expect(columns.firstSequence == next)
        next = columns.nextSequence
        offset = end
      }
    }
    #expect(next == segments[1])
    #expect(try test.audit().verdict == .proven)
  }

  @Test("snapshots deleted and rebuilt hold the same state; bad ones are passed over")
  func snapshots() throws {
    let test = try TestLog(snapshotEvery: 100)
    try test.write { log in
      log.receive("tea", 1_000_000)
      for number in 0..<250 { log.reserve(Name("order-\(number)"), "tea", 1, timeToLive: 3_600_000) }
      for number in 0..<100 { _ = log.append(Command(.commit(id: Name("order-\(number)")))) }
    }
    let before = try LogReader(test.path).info()
    #expect(!before.snapshots.isEmpty)
    let files = LocalFileSystem()
    let directory = LogDirectory(test.path)
    for sequence in before.snapshots { try files.remove(directory.snapshot(sequence)) }
    for name in try files.list(directory.index) { try files.remove(directory.index + "/" + name) }
    #expect(try LogReader(test.path).info().stateDigest == before.stateDigest)
    let rebuilt = try SnapshotStore(test.path).rebuild()
    #expect(rebuilt.stateDigest == before.stateDigest)
    let past = try SnapshotStore(test.path).rebuild(at: 120)
    #expect(past.sequence == 120)
    #expect(try SnapshotStore(test.path).check().allSatisfy { $0.flaw == nil })
    #expect(try test.audit().snapshots.allSatisfy { $0.status == .consistent })
    // A flipped byte: the snapshot is skipped, and nothing changes.
    try overwrite(rebuilt.path, [0xEE], at: 200)
    #expect(try LogReader(test.path).info().stateDigest == before.stateDigest)
    try test.write { log in
      #expect(log.reserve("order-3", "tea", 1, timeToLive: 3_600_000).repeatedSequence == 6)
      #expect(log.reserve("order-200", "tea", 1, timeToLive: 3_600_000).repeatedSequence == 203)
    }
  }

  @Test("ids and keys are known for ever, also those that only a sealed index remembers")
  func sealedNames() throws {
    let test = try TestLog(snapshotEvery: 50)
    try test.write { log in
      log.receive("tea", 1_000)
      for number in 0..<300 {
        log.reserve(Name("order-\(number)"), "tea", 1)
        _ = log.append(Command(.commit(id: Name("order-\(number)"))))
      }
      _ = log.append(Command(.receive([Line(sku: "tea", 5)]), key: "PO-1"))
      for number in 300..<400 { log.reserve(Name("order-\(number)"), "tea", 1) }
    }
    try test.write { log in
      #expect(log.recovery.snapshotSequence != nil)
      #expect(log.reserve("order-7", "tea", 1) == .repeated(Acceptance(sequence: 17, state: .committed, holds: false)))
      #expect(log.reserve("order-7", "tea", 2).reason == .conflict)
      #expect(log.append(Command(.commit(id: "order-7"))) == .repeated(Acceptance(sequence: 18, state: .committed)))
      #expect(log.append(Command(.release(id: "order-7"))).reason == .settled)
      #expect(log.append(Command(.receive([Line(sku: "tea", 5)]), key: "PO-1")).repeatedSequence == 603)
      #expect(log.append(Command(.receive([Line(sku: "tea", 6)]), key: "PO-1")).reason == .conflict)
      #expect(log.reserve("PO-1", "tea", 1).reason == .conflict)
      // Still open, and its name in the index only.
      #expect(log.reserve("order-310", "tea", 1) == .repeated(Acceptance(sequence: 614, state: .open, holds: true)))
      let tea = try #require(try log.number(of: ItemName(sku: "tea")))
      var rows = CommandRows()
      rows.reserve(id: "order-7", item: tea, quantity: 1)
      rows.reserve(id: "order-7", item: tea, quantity: 2)
      rows.reserve(id: "order-7", item: tea, quantity: 1, timeToLive: 1_000)
      rows.reserve(id: "PO-1", item: tea, quantity: 5)
      let answers = log.append(rows)
      #expect(
        (0..<4).map { answers[$0].status } == [
          .repeated, .rejected(.conflict), .rejected(.conflict), .rejected(.conflict),
        ])
      #expect(answers[0].sequence == 17)
    }
    #expect(try LogReader(test.path).show("order-7")?.state == .committed)
    #expect(try test.audit().verdict == .proven)
  }

  @Test("no reader sees half a batch")
  func atomicBatches() throws {
    let test = try TestLog()
    try test.write { log in
      log.receive("tea", 10)
      let batch = Operation.batch([
        .reserve(id: "a", [Line(sku: "tea", 4)]), .reserve(id: "b", [Line(sku: "tea", 4)]), .commit(id: "a"),
      ])
      #expect(log.append(Command(batch)).sequence == 5)
      let refused = log.append(Command(.batch([.commit(id: "b"), .reserve(id: "c", [Line(sku: "tea", 9)])])))
      #expect(refused.reason == .insufficient)
    }
    let reader = try LogReader(test.path)
    #expect(try reader.stock(at: .sequence(4)).sequence == 2)
    #expect(try reader.stock(at: .sequence(5)).levels[0].onHand == 6)
    #expect(try reader.stock().levels[0].held == 4)
  }

  @Test("a backup of a log that is being written is whole, and an older copy put in its place is recognised")
  func backup() throws {
    let test = try TestLog()
    let log = try test.open()
    log.receive("tea", 10)
    log.reserve("order-1", "tea", 1)
    let copy = test.directory.path + "/copy"
    let report = try Backup.copy(test.path, to: copy)
    #expect(report.lastSequence == 3)
    log.reserve("order-2", "tea", 1)
    log.close()
    #expect(try LogReader(copy).stock().sequence == 3)
    try overwrite(try test.lastSegment, read(LogDirectory(copy).segment(1)))
    let size = try read(LogDirectory(copy).segment(1)).count
    let file = try LocalFileSystem().open(try test.lastSegment, .readWrite)
    try file.truncate(to: size)
    #expect { try test.open() } throws: { "\($0)".contains("acknowledged") }
    #expect(try test.audit().verdict == .damaged)
  }

  @Test("a clock that goes backwards takes the last event's time; holds fall due by the log's time")
  func clock() throws {
    let test = try TestLog()
    let time = Monitor<Int64>(1_000_000)
    let log = try test.open { $0.clock = { time.access { $0 } } }
    defer { log.close() }
    log.receive("tea", 1)
    #expect(log.reserve("order-1", "tea", 1, timeToLive: 500).sequence == 3)
    time.access { $0 = 900_000 }
    #expect(log.reserve("order-2", "tea", 1).reason == .insufficient)
    time.access { $0 = 1_000_500 }
    #expect(log.reserve("order-2", "tea", 1).sequence == 5)
    #expect(try LogReader(test.path).show("order-1")?.state == .expired)
  }

  @Test("a writer that asks for it expires holds without any command")
  func timer() throws {
    let test = try TestLog()
    let log = try test.open { $0.expiresOnTimer = true }
    defer { log.close() }
    log.receive("tea", 1)
    log.reserve("order-1", "tea", 1, timeToLive: 30)
    // Waits for the event itself, not for a time.
    func isEarlier(_ event: RecordedEvent) -> Bool { event.kind != .expired }
    try LogReader(test.path).follow(EventFilter(), pollInterval: .milliseconds(5), isCancelled: { false }, isEarlier)
    // A reader syncs what it shows itself: the writer's own sync of the event may still be on its way.
    log.close()
    #expect(log.lastSequence == 4)
  }

  @Test("all who close a log come back, and all that was handed over is answered, however they meet")
  func closingTogether() throws {
    for round in 0..<6 {
      let test = try TestLog(snapshotEvery: 1_000)
      let log = try test.open()
      log.receive("tea", 1_000_000)
      let tea = try #require(try log.number(of: ItemName(sku: "tea")))
      let accepted = Mutex(0)
      let group = DispatchGroup()
      let isUnderWay = DispatchSemaphore(value: 0)
      DispatchQueue.global().async(group: group) {
        // More than a frame holds, and not waited for.
        let pending = (0..<24).map { batch in
          var rows = CommandRows()
          for row in 0..<2_048 { rows.reserve(id: "\(batch)-\(row)", item: tea, quantity: 1) }
          if batch == 2 + round { isUnderWay.signal() }
          return log.enqueue(rows)
        }
        let count = pending.reduce(0) { $0 + $1.wait().acceptedCount }
        accepted.withLock { $0 = count }
      }
      isUnderWay.wait()
      for closer in 0..<3 {
        DispatchQueue.global().async(group: group) { log.close(givesUpSnapshot: closer == round % 3) }
      }
      try #require(group.wait(timeout: .now() + 120) == .success, "somebody still waits")
      let count = accepted.withLock { $0 }
      #expect(try LogReader(test.path).stock().levels[0].held == Int64(count))
      #expect(try LogReader(test.path).info().head.lastSequence == UInt64(count + 2))
      #expect(try test.audit().verdict == .proven)
    }
  }

  @Test("after the log is closed work is answered as failed, never silently dropped")
  func closed() async throws {
    let test = try TestLog()
    let log = try test.open()
    log.close()
    log.close()
    guard case .failed = log.receive("tea", 1) else { return #expect(Bool(false)) }
    guard case .failed = await log.submit(Command(.commit(id: "x"))) else { return #expect(Bool(false)) }
  }
}
