import TallyAudit
import TallyFormat
import TallyThreads
import Testing

@testable import Tallystick

@Suite("The follower of a writer")
struct FollowerTests {
  private func maker(of test: TestLog, _ files: any FileSystem = LocalFileSystem()) throws -> SnapshotMaker {
    SnapshotMaker(
      stored: try StoredLog(LocalStore(test.path, files: files)), warn: { Issue.record("\($0)") })
  }

  private func runs(of test: TestLog) throws -> [IndexRun] {
    let maker = try maker(of: test)
    return SealedNames.load(maker.stored, warn: maker.warn)
  }

  /// A log with two events for the stock, and one for each order.
  private func shop(orders: Int) throws -> TestLog {
    let test = try TestLog()
    try test.write { log in
      log.receive("tea", 1_000)
      for number in 0..<orders { log.reserve(Name("order-\(number)"), "tea", 1) }
    }
    return test
  }

  private func ranges(_ runs: [IndexRun]?) -> [[UInt64]] { (runs ?? []).map { [$0.first, $0.last] } }

  @Test("a follower stops where it is told to, and the next goes on from there")
  func followerWithLimit() throws {
    let test = try shop(orders: 60)
    let maker = try maker(of: test)
    let first = try #require(try maker.make(through: 30))
    #expect(first.sequence == 30 && ranges(first.runs) == [[1, 30]])
    let second = try #require(try maker.make(through: 31))
    #expect(second.sequence == 31 && ranges(second.runs) == [[1, 30], [31, 31]])
    let third = try #require(try maker.make())
    #expect(third.sequence == 62)
    #expect(try SnapshotStore(test.path).check().map(\.flaw) == [nil, nil, nil])
    try test.write { #expect($0.reserve("order-7", "tea", 1).repeatedSequence == 10) }
    #expect(try test.audit().verdict == .proven)
  }

  @Test("a follower keeps its place, seals without a snapshot, and merges up to the newest snapshot only")
  func followerKeepsItsPlace() throws {
    let test = try TestLog()
    let log = try test.open()
    defer { log.close() }
    log.receive("tea", 1_000)
    let maker = try maker(of: test)
    let follower = Follower(maker)
    func ranges() -> [[UInt64]] { follower.runs.all.map { [$0.first, $0.last] } }
    var sealed: Follower.Sealed?
    for number in 0..<40 {
      log.reserve(Name("order-\(number)"), "tea", 1)
      if number % 5 == 4 { sealed = try follower.make(makesSnapshot: number == 24) }
    }
    // The receive and its registration, then one event an order.
    #expect(sealed?.sequence == 42 && sealed?.snapshotBytes == nil)
    #expect(ranges() == [[1, 7], [8, 12], [13, 17], [18, 22], [23, 27], [28, 32], [33, 37], [38, 42]])
    #expect(try follower.merge().map { [$0.first, $0.last] } == [1, 27])
    #expect(try follower.merge() == nil, "three runs behind the snapshot are not worth it")
    #expect(ranges() == [[1, 27], [28, 32], [33, 37], [38, 42]])
    #expect(try SnapshotStore(test.path).check().map(\.sequence) == [27])
    log.close()
    // Whoever opens the log begins at the snapshot, and knows what the runs behind it say from the log itself.
    try test.write { log in
      #expect(log.recovery.snapshotSequence == 27 && log.recovery.replayedEvents == 15)
      for number in 0..<40 {
        #expect(log.reserve(Name("order-\(number)"), "tea", 1).repeatedSequence == UInt64(number + 3))
      }
      #expect(log.reserve("order-7", "tea", 2).reason == .conflict)
    }
    #expect(try test.audit().verdict == .proven)
  }

  @Test("names are sealed and merged beside a busy writer, and none is forgotten", arguments: [50, 400])
  func sealingBesideWriter(snapshotEvery: Int) throws {
    let test = try TestLog(snapshotEvery: snapshotEvery)
    let log = try test.open()
    log.receive("tea", 1_000_000)
    for round in 0..<60 {
      let commands = (0..<100).flatMap { index -> [Command] in
        let id = Name("order-\(round * 100 + index)")
        let reserve = Command(.reserve(id: id, [Line(sku: "tea", 1)]))
        return index % 10 == 0 ? [reserve] : [reserve, Command(.commit(id: id))]
      }
      for outcome in log.append(commands) { #expect(outcome.sequence != nil) }
      // One of long ago, settled or not.
      let old = round * 37 % (round * 100 + 100)
      #expect(log.reserve(Name("order-\(old)"), "tea", 1).repeatedSequence != nil, "order-\(old)")
      #expect(log.reserve(Name("order-\(old)"), "tea", 2).reason == .conflict)
    }
    log.close()
    let runs = try runs(of: test)
    #expect(runs.count < 40 && !runs.isEmpty)
    try test.write { log in
      for old in stride(from: 0, to: 6_000, by: 97) {
        #expect(log.reserve(Name("order-\(old)"), "tea", 1).repeatedSequence != nil)
      }
    }
    #expect(try SnapshotStore(test.path).check().allSatisfy { $0.flaw == nil })
    #expect(try test.audit().verdict == .proven)
  }

  @Test("many short lives of a writer leave few runs of the index")
  func shortLives() throws {
    let test = try TestLog(snapshotEvery: 20)
    for life in 0..<40 {
      try test.write { log in
        if life == 0 { log.receive("tea", 10_000) }
        for number in 0..<25 { log.reserve(Name("order-\(life * 25 + number)"), "tea", 1) }
      }
    }
    let runs = try runs(of: test)
    #expect((1...12).contains(runs.count), "\(runs.map { [$0.first, $0.last] })")
    try test.write { log in
      for number in stride(from: 0, to: 1_000, by: 13) {
        #expect(log.reserve(Name("order-\(number)"), "tea", 1).repeatedSequence != nil)
      }
    }
    #expect(try test.audit().verdict == .proven)
  }

  @Test("a run that another process merges as soon as it has its name is still read by who has made it")
  func runTakenAway() throws {
    let test = try shop(orders: 20)
    let files = WatchedFiles(renamed: { (path) throws(FileError) in
      if path.hasSuffix(".ids") { try LocalFileSystem().remove(path) }
    })
    let maker = try maker(of: test, files)
    let sealed = try #require(try maker.make())
    #expect(ranges(sealed.runs) == [[1, 22]])
    #expect(try runs(of: test).isEmpty, "the test did not take the run away")
    let names = SealedNames(sealed.runs, maker.stored.source)
    let hash = SipHash(log: maker.log)
    for number in 0..<20 {
      #expect(names.candidates(hash(Name("order-\(number)"))).map(\.sequence) == [UInt64(number + 3)])
    }
    #expect(names.failure == nil)
  }

  @Test("a follower removes parts of what it knows, never what another process has sealed beyond")
  func othersRuns() throws {
    let test = try shop(orders: 60)
    let maker = try maker(of: test)
    _ = try Follower(maker).make(through: 10)
    let early = Follower(maker)
    let late = Follower(maker)
    #expect(ranges(try late.make(through: 40)?.runs) == [[1, 10], [11, 40]])
    #expect(ranges(try early.make(through: 20)?.runs) == [[1, 10], [11, 20]])
    #expect(ranges(try runs(of: test)) == [[1, 10], [11, 40]])
    // Whoever knows all of it removes the part.
    _ = try Follower(maker).make()
    #expect(try LocalFileSystem().list(maker.directory.index) == ["1-10.ids", "11-40.ids", "41-62.ids"])
    #expect(try SnapshotStore(test.path).check().allSatisfy { $0.flaw == nil })
    #expect(try test.audit().verdict == .proven)
  }

  @Test("runs that are merged between listing and opening them are looked for again")
  func runsMergedMeanwhile() throws {
    let test = try shop(orders: 38)
    let follower = Follower(try maker(of: test))
    for limit in stride(from: 10, through: 40, by: 10) { _ = try follower.make(through: UInt64(limit)) }
    let files = WatchedFiles(listed: { (directory, names) throws(FileError) in
      guard names.contains("11-20.ids") else { return }
      do { _ = try follower.merge() } catch { Issue.record("\(error)") }
    })
    let maker = try maker(of: test, files)
    let runs = SealedNames.load(maker.stored, warn: maker.warn)
    #expect(ranges(runs) == [[1, 40]])
  }

  @Test("a merged run outlives a process that knows its parts only")
  func mergedBesideAnother() throws {
    let test = try shop(orders: 60)
    let plain = try maker(of: test)
    let first = Follower(plain)
    for limit in stride(from: 10, through: 40, by: 10) { _ = try first.make(through: UInt64(limit)) }
    // It has listed the four runs, and begins between the merge's getting its name and its end.
    let other = Follower(plain)
    let files = WatchedFiles(renamed: { (path) throws(FileError) in
      guard path.hasSuffix("1-40.ids") else { return }
      do { _ = try other.make(through: 50) } catch { Issue.record("\(error)") }
    })
    #expect(try Follower(try maker(of: test, files)).merge() != nil)
    #expect(ranges(try runs(of: test)) == [[1, 40], [41, 50]])
  }

  @Test("what a killed writer has sealed behind its snapshot does not keep the next from its own", arguments: 2...3)
  func sealedBehindSnapshot(lives: Int) throws {
    let test = try shop(orders: 150)
    let maker = try maker(of: test)
    let killed = Follower(maker)
    _ = try killed.make(through: 40)
    for limit in [50, 60, 70, 80] { _ = try killed.make(through: UInt64(limit), makesSnapshot: false) }
    #expect(try killed.merge().map { [$0.first, $0.last] } == [41, 80])
    for _ in 2...lives {
      // A writer opens at the snapshot, with the runs up to it, and seals otherwise.
      let writer = Follower(maker, runs: try runs(of: test).filter { $0.last <= 40 })
      _ = try writer.make(through: 60, makesSnapshot: false)
      _ = try writer.make(through: 100)
      #expect(ranges(try runs(of: test)) == [[1, 40], [41, 60], [61, 100]])
      let log = try test.open()
      #expect(log.recovery.snapshotSequence == 100 && log.recovery.replayedEvents == 52)
      log.close()
      // As before the writer's life, but for its own runs.
      for sequence in try maker.directory.listSnapshots(maker.files) where sequence > 40 {
        try maker.files.remove(maker.directory.snapshot(sequence))
      }
    }
  }

  @Test("where runs overlap, those are used that lead furthest")
  func overlappingRuns() throws {
    let test = try shop(orders: 150)
    let maker = try maker(of: test)
    _ = try Follower(maker).make(through: 40)
    let one = Follower(maker)
    let two = Follower(maker)
    _ = try one.make(through: 60, makesSnapshot: false)
    _ = try two.make(through: 80, makesSnapshot: false)
    #expect(ranges(try runs(of: test)) == [[1, 40], [41, 80]])
    _ = try one.make(through: 100, makesSnapshot: false)
    #expect(ranges(try runs(of: test)) == [[1, 40], [41, 60], [61, 100]])
  }

  @Test("damaged runs and unfinished files go when a follower begins, and are warned about once")
  func leftOvers() throws {
    let test = try shop(orders: 60)
    let warnings = Monitor<[String]>([])
    let maker = SnapshotMaker(
      stored: try StoredLog(LocalStore(test.path)),
      warn: { (text: String) in warnings.access { $0.append(text) } })
    _ = try Follower(maker).make(through: 40)
    let run = try maker.files.open(maker.directory.index + "/1-40.ids", .readWrite)
    try run.write([3], at: 8)
    run.close()
    for name in ["next-merge", "next-merge-1", "next-run"] {
      let file = try maker.files.open(maker.directory.index + "/" + name, .create)
      try file.write([1, 2, 3], at: 0)
      file.close()
    }
    _ = try maker.make(through: 20)
    #expect(warnings.access { $0.count } == 1)
    #expect(try maker.files.list(maker.directory.index) == ["1-20.ids"])
    _ = try maker.make()
    #expect(warnings.access { $0.count } == 1)
    #expect(try maker.files.list(maker.directory.index) == ["1-20.ids", "21-62.ids"])
  }
}
