import Glibc
import TallyFormat
import TallyTestSupport
import Testing

@testable import TallyAudit
@testable import Tallystick

@Suite("An audit that goes on behind an earlier one")
struct MemoryTests {
  private let directory = TemporaryDirectory()
  private var memory: String { directory.path + "/memory" }

  private func audit(
    _ path: String, signer: NoteSigner? = nil, jobs: Int = 1, checksWhole: Bool = false
  ) throws -> AuditReport {
    var options = AuditOptions()
    options.jobs = jobs
    options.memory = try AuditMemory(memory, signer: signer)
    options.memory?.checksWhole = checksWhole
    return try Auditor(LogDirectory(path), options: options).run()
  }

  private func fresh(_ path: String) throws -> AuditReport { try Auditor(LogDirectory(path)).run() }

  /// All but what is told of the part that was read.
  private func expectSame(_ report: AuditReport, _ whole: AuditReport, _ comment: Comment? = nil) {
    #expect(report.verdict == whole.verdict, comment)
    #expect(report.stateDigest == whole.stateDigest && report.head == whole.head, comment)
    #expect(report.events == whole.events && report.frames == whole.frames, comment)
    #expect(report.reservations == whole.reservations && report.items == whole.items, comment)
    #expect(report.waited == whole.waited && report.filled == whole.filled, comment)
    #expect(report.waiting == whole.waiting && report.consumers == whole.consumers, comment)
    #expect(report.minAvailable == whole.minAvailable, comment)
    #expect(report.minAvailableSequence == whole.minAvailableSequence, comment)
    #expect(report.firstTime == whole.firstTime && report.lastTime == whole.lastTime, comment)
    #expect(report.violations == whole.violations && report.contradictions == whole.contradictions, comment)
  }

  @Test("comes to what a whole one comes to, wherever the one before ended", arguments: Seeds.few(4))
  func random(seed: UInt64) throws {
    let comment = Comment(rawValue: Seeds.replay(seed, of: "MemoryTests"))
    let path = directory.path + "/log"
    try TallyLog.create(path, settings: LogSettings(segmentSize: 64 << 10, snapshotEvery: 300))
    var random = SplitMix64(seed: seed)
    var shopper = RandomShopper(seed: seed)
    var remembered: UInt64?
    for round in 0..<12 {
      let log = try TallyLog(path)
      for number in 0..<random.number(0...160) {
        _ = log.append(shopper.next())
        if number % 50 == 7 { _ = log.append(Command(.acknowledge(consumer: "orders", through: log.lastSequence))) }
        if number % 60 == 9 { _ = log.append(Command(.floor(ItemName(sku: "jar"), random.number(Int64(0)...3)))) }
        if number % 70 == 11 {
          let part = Line(sku: "cup", random.number(Int64(1)...2))
          _ = log.append(Command(.recipe(ItemName(sku: "set"), [part, Line(sku: "tea", 1)])))
          _ = log.append(Command(.prefer("tea", ["berlin", "main"])))
        }
        if number % 20 == 3 {
          _ = log.append(Command(.reserve(id: Name("set-\(round)-\(number)"), [Line(sku: "set", 1)])))
        }
        if number % 30 == 5 {
          _ = log.append(Command(.reopen(id: Name("order-\(random.number(1...20))"), timeToLive: nil)))
        }
      }
      log.close()
      let whole = try fresh(path)
      let report = try audit(path, jobs: 1 + round % 2)
      expectSame(report, whole, comment)
      #expect(report.rememberedSequence == remembered, comment)
      remembered = report.lastSequence
    }
  }

  @Test("finds in what came since what a whole one finds", arguments: Forgery.all)
  func forged(_ forgery: Forgery) throws {
    let log = try ForgedLog()
    log.stock()
    try log.frame()
    #expect(try audit(log.path).verdict == .proven)
    try forgery.forge(log)
    try log.frame()
    let whole = try log.audit()
    let report = try audit(log.path)
    #expect(report.violations == whole.violations && report.verdict == .violated)
    // It remembers no more than what was proven.
    #expect(try AuditMemory(memory).lastSequence == 3)
    #expect(try audit(log.path).violations == whole.violations)
  }

  @Test("finds what is wrong only with regard to what came before: ids, settled orders, goods that come back")
  func across() throws {
    let log = try ForgedLog()
    log.stock()
    for number in 0..<5 { log.reserve(Name("order-\(number)"), [(0, 1)]) }
    log.settle(.committed, 4)
    log.settle(.released, 5)
    try log.frame()
    #expect(try audit(log.path).verdict == .proven)
    // Right: one that was let go, and one that was sold.
    log.reopen(5, [(0, 1)])
    log.takeBack(4, [(0, 1)])
    try log.frame()
    expectSame(try audit(log.path), try log.audit())
    log.reserve("order-4", [(0, 1)])
    log.settle(.committed, 4)
    log.takeBack(4, [(0, 1)])
    log.settle(.released, 1)
    try log.frame()
    let report = try audit(log.path)
    #expect(report.violations == (try log.audit().violations))
    let rules = Set(report.violations.map(\.rule))
    #expect(rules.isSuperset(of: [.idReused, .returnedBeyondSold]) && report.violationCount >= 4)
  }

  @Test("knows the ids of all nights, however its files were written together")
  func names() throws {
    let log = try ForgedLog()
    log.stock()
    log.receive([(0, 1_000_000)])
    try log.frame()
    var reserved = 0
    for night in 0..<18 {
      for number in 0..<(night % 5 == 0 ? 400 : 90) { log.reserve(Name("order-\(night)-\(number)"), [(0, 1)]) }
      try log.frame()
      #expect(try audit(log.path, jobs: 1 + night % 2).verdict == .proven)
      let memory = try AuditMemory(memory)
      let runs = try #require(memory.found?.names)
      reserved += night % 5 == 0 ? 400 : 90
      #expect(runs.map(\.count).reduce(0, +) == reserved)
      #expect(NameRuns.together(runs.map(\.count)) == 0, "\(runs.map(\.count))")
      let files = try LocalFileSystem().list(memory.path)
      #expect(files.count { $0.hasPrefix("names-") } == runs.count && files.count == runs.count + 4)
    }
    #expect(try #require(try AuditMemory(memory).found?.names.count) < 18)
    let last = log.events.nextSequence
    for name in ["order-0-399", "order-4-7", "order-17-0"] { log.reserve(Name(name), [(0, 1)]) }
    try log.frame()
    let report = try audit(log.path)
    #expect(report.violations.map(\.sequence) == [last, last + 1, last + 2])
    #expect(report.violations.allSatisfy { $0.rule == .idReused })
  }

  // MARK: What is not as it was

  private func shop() throws -> String {
    let path = directory.path + "/log"
    var options = LogOptions()
    options.isDurable = false
    let id = try #require(LogID(bytes: [UInt8](repeating: 7, count: 16)))
    try TallyLog.create(path, settings: LogSettings(), log: id, options: options)
    try sell(path, 0..<20)
    return path
  }

  private func sell(_ path: String, _ orders: Range<Int>, _ name: String = "order") throws {
    var options = LogOptions()
    options.isDurable = false
    let log = try TallyLog(path, options: options)
    if orders.lowerBound == 0 { _ = log.append(Command(.receive([Line(sku: "tea", 100_000)]))) }
    for order in orders { _ = log.append(Command(.reserve(id: Name("\(name)-\(order)"), [Line(sku: "tea", 1)]))) }
    log.close()
  }

  @Test("refuses a memory that was altered anywhere, if it looks at all of it, and says what to do")
  func altered() throws {
    let path = try shop()
    #expect(try audit(path).verdict == .proven)
    try sell(path, 20..<5_000)
    #expect(try audit(path).verdict == .proven)
    try sell(path, 5_000..<5_004)
    let files = LocalFileSystem()
    for name in try files.list(memory) where name != "lock" {
      let whole = try #require(try files.contents(of: "\(memory)/\(name)", maximum: 1 << 20))
      let file = try files.open("\(memory)/\(name)", .readWrite)
      defer { file.close() }
      for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 12)) {
        try file.write([whole[place] ^ 4], at: place)
        #expect("\(name), byte \(place)") { try audit(path, checksWhole: true) } throws: {
          AltersMemory.code(of: $0) == EBADMSG
        }
        try file.write([whole[place]], at: place)
      }
      try file.truncate(to: whole.count - 1)
      #expect("\(name) cut") { try audit(path) } throws: { AltersMemory.code(of: $0) == EBADMSG }
      try file.truncate(to: 0)
      try file.write(whole, at: 0)
      try file.write([0], at: whole.count)
      for checksWhole in [true, false] {
        #expect("\(name) with a byte behind it") { try audit(path, checksWhole: checksWhole) } throws: {
          AltersMemory.code(of: $0) == EBADMSG
        }
      }
      try file.truncate(to: whole.count)
    }
    #expect(try audit(path, checksWhole: true).verdict == .proven)
    let state = try #require(try files.list(memory).first { $0.hasPrefix("state-") })
    try files.remove("\(memory)/\(state)")
    #expect { try audit(path) } throws: {
      AltersMemory.code(of: $0) == EBADMSG && "\($0)".contains("remove the folder")
    }
  }

  @Test("refuses a byte behind a file of marks that has none yet, unless an audit was interrupted while it wrote there")
  func behindEmptyMarks() throws {
    let path = try shop()
    #expect(try audit(path).verdict == .proven)
    let files = LocalFileSystem()
    let marks = try #require(try files.list(memory).first { $0.hasPrefix("marks-") })
    let file = try files.open("\(memory)/\(marks)", .readWrite)
    defer { file.close() }
    #expect(try file.size() == 0)
    try file.write([0], at: 0)
    for checksWhole in [true, false] {
      #expect { try audit(path, checksWhole: checksWhole) } throws: {
        AltersMemory.code(of: $0) == EBADMSG && "\($0)".contains(marks)
      }
    }
    // What such an audit leaves: a file that nothing names.
    try files.open("\(memory)/state-0123456789abcdef", .create).close()
    #expect(try audit(path, checksWhole: true).verdict == .proven)
    #expect(try file.size() == 0 && files.list(memory).count == 5)
  }

  @Test("refuses what was altered where a question leads: a block of the filter, a page of names, a page of marks")
  func alteredWhereAsked() throws {
    let signer = try NoteSigner.generate(name: "auditor")
    let log = try ForgedLog()
    log.stock()
    log.receive([(0, 1_000_000)])
    let first = log.events.nextSequence
    for number in 0..<4_200 { log.reserve(Name("order-\(number)"), [(0, 1)]) }
    for number in 0..<4_200 { log.settle(.committed, first + UInt64(number)) }
    try log.frame()
    #expect(try audit(log.path, signer: signer).verdict == .proven)
    // A name that was used, and goods that come back of an order that was settled.
    log.reserve("order-7", [(0, 1)])
    log.takeBack(first + 9, [(0, 1)])
    try log.frame()
    let found = try #require(try AuditMemory(memory, signer: signer).found)
    let run = try #require(found.names.first)
    let layout = NameRunLayout(count: run.count)
    func refuses(_ name: String, _ places: Range<Int>, _ comment: Comment) throws {
      let files = LocalFileSystem()
      let file = try files.open("\(memory)/\(name)", .readWrite)
      defer { file.close() }
      let whole = try file.bytes(at: places.lowerBound, count: places.count)
      try file.write(whole.map { $0 ^ 16 }, at: places.lowerBound)
      #expect(comment) { try audit(log.path, signer: signer) } throws: { AltersMemory.code(of: $0) == EBADMSG }
      try file.write(whole, at: places.lowerBound)
    }
    try refuses(run.name, layout.filter..<layout.bytes, "the filter")
    try refuses(run.name, layout.directory..<layout.filter, "the directory")
    try refuses(run.name, 0..<layout.directory, "the names")
    try refuses(found.marks.name, 0..<MarkPage.bytes, "the marks")
    // Blocks that are right, but for another place.
    let file = try LocalFileSystem().open("\(memory)/\(run.name)", .readWrite)
    let blocks = try file.bytes(at: layout.filter, count: layout.bytes - layout.filter)
    try file.write(Array(blocks[64...] + blocks[..<64]), at: layout.filter)
    file.close()
    #expect { try audit(log.path, signer: signer) } throws: { AltersMemory.code(of: $0) == EBADMSG }
    try refuses("remembered", 0..<1, "the text")
  }

  @Test("says of what another version wrote that it is of another version")
  func otherVersion() throws {
    let path = try shop()
    #expect(try audit(path).verdict == .proven)
    let files = LocalFileSystem()
    let bytes = try #require(try files.contents(of: memory + "/remembered", maximum: 1 << 20))
    let text = String(decoding: bytes, as: UTF8.self)
    let file = try files.open(memory + "/remembered", .readWrite)
    defer { file.close() }
    for version in ["1", "3"] {
      try file.truncate(to: 0)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().joined(separator: "\n")
      try file.write(Array("tallystick-audit/\(version)\n\(lines)".utf8), at: 0)
      #expect { try audit(path) } throws: {
        AltersMemory.code(of: $0) == EBADMSG && "\($0)".contains("another version")
          && "\($0)".contains("remove the folder")
      }
    }
  }

  @Test("goes on with a reservation that stood alone in what was proven, whether closed or opened again")
  func lastBlock() throws {
    for reopens in [false, true] {
      let log = try ForgedLog()
      let memory = directory.path + "/memory-\(reopens)"
      log.stock()
      log.reserve("order-1", [(0, 1)])
      log.settle(.released, 4)
      try log.frame()
      var options = AuditOptions()
      options.memory = try AuditMemory(memory)
      #expect(try Auditor(LogDirectory(log.path), options: options).run().verdict == .proven)
      if reopens { log.reopen(4, [(0, 1)]) } else { log.settle(.released, 4) }
      try log.frame()
      options.memory = nil
      options.memory = try AuditMemory(memory)
      let report = try Auditor(LogDirectory(log.path), options: options).run()
      expectSame(report, try log.audit())
      #expect(reopens == (report.verdict == .proven))
    }
  }

  @Test("with a key takes only what that key signed; without one, only what nobody signed")
  func keys() throws {
    let path = try shop()
    let files = LocalFileSystem()
    let (own, other) = (try NoteSigner.generate(name: "auditor"), try NoteSigner.generate(name: "auditor"))
    #expect(try audit(path, signer: own).verdict == .proven)
    try sell(path, 20..<24)
    #expect(throws: FileError.self) { try audit(path, signer: other) }
    #expect(try audit(path, signer: own).rememberedSequence == 22)
    try sell(path, 24..<28)
    #expect(throws: FileError.self) { try audit(path) }
    #expect(try audit(path, signer: own).rememberedSequence == 26)
    try files.remove("\(memory)/remembered")
    #expect(try AuditMemory(memory).isBereft)
    #expect(try audit(path).verdict == .proven)
    #expect(throws: FileError.self) { try audit(path, signer: own) }
  }

  @Test("calls a log inconsistent that is not the one that was proven: cut, forked, or another")
  func rewritten() throws {
    let path = try shop()
    let files = LocalFileSystem()
    let segment = LogDirectory(path).segment(1)
    let before = try #require(try files.contents(of: segment, maximum: 1 << 24))
    try sell(path, 20..<30)
    #expect(try audit(path).verdict == .proven)
    let remembered = try AuditMemory(memory).lastSequence
    func put(_ bytes: [UInt8]) throws {
      let file = try files.open(segment, .readWrite)
      defer { file.close() }
      try file.truncate(to: 0)
      try file.write(bytes, at: 0)
    }
    // An older copy, without the floor that would tell.
    let floor = path + "/floor"
    if try files.identity(of: floor) != nil { try files.remove(floor) }
    try put(before)
    let cut = try audit(path)
    #expect(cut.verdict == .inconsistent && cut.rememberedSequence == remembered)
    #expect(cut.contradictions.first?.witness == "audit before")
    // Another history that begins like it, and is as long.
    try sell(path, 20..<30, "other")
    let forked = try audit(path)
    #expect(forked.verdict == .inconsistent, "\(forked.json)")
    #expect(try fresh(path).verdict == .proven)
    let another = directory.path + "/another"
    try TallyLog.create(another)
    #expect(try audit(another).contradictions.first?.detail.contains("this is log") == true)
    #expect(try audit(another).verdict == .inconsistent)
    // Nothing of that was remembered.
    #expect(try AuditMemory(memory).lastSequence == remembered)
  }

  @Test("with nothing new says the same again, and one at a time has the memory")
  func again() throws {
    let path = try shop()
    let first = try audit(path)
    for _ in 0..<2 { expectSame(try audit(path), first) }
    let held = try AuditMemory(memory)
    #expect { _ = try AuditMemory(memory) } throws: { AltersMemory.code(of: $0) == EBUSY }
    held.beginAnew()
    #expect(held.lastSequence == nil)
  }

  @Test("a checkpoint that was signed since is found, by the right edge of the tree that is remembered")
  func checkpoints() throws {
    let path = try shop()
    #expect(try audit(path).verdict == .proven)
    try sell(path, 20..<40)
    var tree = GrowingTree()
    let source = try LocalFrameSource(LogDirectory(path), files: LocalFileSystem())
    let reader = try source.frames(from: .beginning, showsUnsynced: false)
    while case .frame(let frame, _) = try reader.next() { tree.append(MerkleHash.leaf(of: frame.hash)) }
    for (root, verdict) in [(tree.root, Verdict.proven), (.zero, .inconsistent)] as [(Digest, Verdict)] {
      var options = AuditOptions()
      options.treeHead = TreeHead(origin: "shop", size: tree.size, root: root, extent: nil)
      options.memory = try AuditMemory(memory)
      let report = try Auditor(LogDirectory(path), options: options).run()
      #expect(report.verdict == verdict)
    }
  }
}

/// What an altered memory is refused with.
private enum AltersMemory {
  static func code(of error: any Error) -> Int32? {
    switch error {
    case let error as FileError: error.code
    case LogError.file(let error): error.code
    default: nil
    }
  }
}
