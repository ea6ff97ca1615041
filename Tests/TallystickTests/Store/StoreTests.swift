import TallyAudit
import TallyTestSupport
import Testing

@testable import Tallystick

/// The writer, recovery, the follower, queries, backups and the auditor run unchanged on stores that are no files.
@Suite("A log in another store")
struct StoreTests {
  private let directory = TemporaryDirectory()

  private func sell(_ log: TallyLog, from first: Int = 0, orders: Int) {
    for number in first..<(first + orders) { log.reserve(Name("order-\(number)"), "tea", 1) }
  }

  /// The reader and the auditor agree, and the log is proven.
  private func proven(_ store: any LogStore) throws -> LogInfo {
    let info = try LogReader(store).info()
    let report = try Auditor(store).run()
    #expect(report.verdict == .proven, "\(report)")
    #expect(report.head == info.head && report.stateDigest == info.stateDigest)
    return info
  }

  @Test("is written, closed, recovered, read, followed, shown, backed up and audited", arguments: [true, false])
  func life(takesSnapshots: Bool) throws {
    let store = MemoryStore(
      directory.path, settings: LogSettings(segmentSize: 64 << 10, snapshotEvery: takesSnapshots ? 50 : 0))
    var options = LogOptions()
    options.runsInline = true
    for round in 0..<4 {
      let log = try TallyLog(store, options: options)
      #expect(log.recovery.cutTornBytes == 0)
      if round == 0 { log.receive("tea", 1_000) }
      sell(log, from: round * 60, orders: 60)
      // A retry of each round before: by memory, by the sealed index, by the log.
      for before in 0...round {
        guard case .repeated = log.reserve(Name("order-\(before * 60)"), "tea", 1) else {
          Issue.record("round \(round): the order of round \(before) is not known")
          continue
        }
      }
      #expect(log.append(Command(.commit(id: Name("order-\(round)")))).isAccepted)
      log.close()
    }
    let info = try proven(store)
    #expect(info.head.lastSequence == 2 + 240 + 4 && info.snapshots.isEmpty == !takesSnapshots)
    let story = try #require(try LogReader(store).show("order-1"))
    #expect(story.state == .committed && story.sequence == 4)
    #expect(try LogReader(store).stock(at: .sequence(12)).levels.first?.held == 10)
    let copy = directory.path + "/copy"
    let backup = try Backup.copy(store, to: copy)
    #expect(backup.lastSequence == info.head.lastSequence)
    #expect(try proven(LocalLog(LogDirectory(copy))).head == info.head)
  }

  @Test("whose frames were changed, dropped or swapped is damaged, and no writer opens it", arguments: 0..<3)
  func tampered(how: Int) throws {
    let store = MemoryStore(directory.path)
    let log = try TallyLog(store)
    log.receive("tea", 1_000)
    for number in 0..<5 { log.reserve(Name("order-\(number)"), "tea", 1) }
    log.close()
    store.tamper { frames in
      switch how {
      case 0: frames[2][60] ^= 1
      case 1: frames.remove(at: 2)
      default: frames.swapAt(2, 3)
      }
    }
    #expect(try Auditor(store).run().verdict == .damaged)
    #expect(throws: TallyError.self) { try TallyLog(store) }
    #expect(throws: TallyError.self) { try LogReader(store).stock() }
  }

  @Test("that lost its last frames is damaged: the floor tells")
  func shortened() throws {
    let store = MemoryStore(directory.path)
    let log = try TallyLog(store)
    log.receive("tea", 1_000)
    sell(log, orders: 3)
    log.close()
    store.tamper { $0.removeLast(2) }
    #expect(try Auditor(store).run().verdict == .damaged)
    #expect(throws: TallyError.self) { try TallyLog(store) }
  }

  @Test("deposes a writer by the place of the next frame: what it was asked then failed, and the successor sells on")
  func deposed() throws {
    let store = MemoryStore(directory.path)
    let old = try TallyLog(store)
    old.receive("tea", 2)
    let new = try TallyLog(store)
    #expect(new.reserve("a", "tea", 2).isAccepted)
    guard case .failed = old.reserve("b", "tea", 2) else { return #expect(Bool(false), "the deposed writer sold") }
    guard case .failed = old.receive("tea", 1) else { return #expect(Bool(false), "the deposed writer went on") }
    #expect(new.append(Command(.commit(id: "a"))).isAccepted)
    new.close()
    old.close()
    #expect(try proven(store).openReservations == 0)
  }

  @Test(
    "that fails at any frame leaves a log that is proven, and a retry finds out what became of the order",
    arguments: 0..<12, [true, false])
  func faults(at number: Int, isTaken: Bool) throws {
    let error = SinkError.unknownOutcome("the store did not answer")
    let store = MemoryStore(directory.path) { $0 == number ? (isTaken ? .lose(error) : .refuse(error)) : nil }
    var options = LogOptions()
    options.runsInline = true
    let log = try TallyLog(store, options: options)
    log.receive("tea", 100)
    var unknown: [Name] = []
    var sold: [Name] = []
    for order in 0..<10 {
      let id = Name("order-\(order)")
      switch log.reserve(id, "tea", 1) {
      case .accepted: sold.append(id)
      case .failed: unknown.append(id)
      default: Issue.record("an order was refused")
      }
    }
    log.close()
    _ = try proven(store)
    let healthy = try TallyLog(copied(store), options: options)
    if number == 0 { healthy.receive("tea", 100) }
    for id in sold { #expect(healthy.reserve(id, "tea", 1).isRepeated, "\(id) was lost") }
    for (index, id) in unknown.enumerated() {
      let answer = healthy.reserve(id, "tea", 1)
      #expect(answer.isRepeated == (isTaken && index == 0 && number > 0) || answer.isAccepted, "\(id): \(answer)")
    }
    healthy.close()
  }

  @Test("that is a mirror over files and memory holds the same frames in both, and is made whole when it is opened")
  func mirrored() throws {
    let path = directory.path + "/log"
    try TallyLog.create(
      path, settings: LogSettings(segmentSize: 64 << 10, snapshotEvery: 0), log: MemoryStore.id,
      options: LogOptions())
    let local = LocalStore(path)
    let error = SinkError.unknownOutcome("the mirror did not answer")
    let memory = MemoryStore(directory.path + "/derived", settings: try LogReader(path).settings) { number in
      number == 7 ? .refuse(error) : nil
    }
    let log = try TallyLog(MirroredStore(first: local, second: memory))
    log.receive("tea", 1_000)
    var outcomes = (0..<10).map { log.reserve(Name("order-\($0)"), "tea", 1) }
    log.close()
    #expect(outcomes.contains { if case .failed = $0 { true } else { false } })
    #expect(try proven(memory).head.nextFrame == 7)
    #expect(try proven(local).head.nextFrame == 8, "the first had the frame that the mirror refused")
    let healthy = copied(memory)
    let again = try TallyLog(MirroredStore(first: local, second: healthy))
    outcomes = (0..<10).map { again.reserve(Name("order-\($0)"), "tea", 1) }
    again.close()
    #expect(outcomes.allSatisfy { $0.isAccepted || $0.isRepeated })
    #expect(try proven(local).head == (try proven(healthy).head))
  }
}

/// A memory store's frames in a store that fails no more.
private func copied(_ store: MemoryStore) -> MemoryStore {
  let copy = MemoryStore(store.derived.path, settings: store.settings)
  let frames = (0..<store.count).compactMap { store.frame($0) }
  copy.tamper { $0 = frames }
  return copy
}

extension Outcome {
  fileprivate var isRepeated: Bool { if case .repeated = self { true } else { false } }
}
