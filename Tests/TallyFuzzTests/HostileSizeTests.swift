import Glibc
import TallyFormat
import TallyFuzz
import TallyTestSupport
import Testing

/// Small files that claim much: what they cost is bounded by what they hold. Each is read by the tools in a child that
/// may use 1.25 GiB of addresses and no more (fewer where the claims themselves are kept small for a debug build).
@Suite("A hostile file of a few kilobytes", .serialized)
struct HostileSizeTests {
  static let log = LogID(bytes: Array(0..<16))!
  private static let addresses = 5 << 28

  /// A log whose only segment holds these bytes behind its header.
  private func log(_ frames: [UInt8], settings: LogSettings = LogSettings()) throws -> TemporaryDirectory {
    let directory = TemporaryDirectory()
    let files = LocalFileSystem()
    try files.makeDirectory(directory.path + "/segments")
    let header = SegmentHeader(log: Self.log, after: .empty, settings: settings)
    let file = try files.open(LogDirectory(directory.path).segment(1), .create)
    try file.write(header.encoded + frames, at: 0)
    return directory
  }

  /// - Parameter seconds: of processor time, which a busy machine does not use up.
  private func run(
    _ arguments: [String], addresses: Int = addresses, seconds: Int = 120
  ) throws -> (code: Int32, output: String) {
    let child = try #require(ChildProcess(["prlimit", "--as=\(addresses)", "--cpu=\(seconds)"] + arguments))
    let output = String(decoding: child.readToEnd(), as: UTF8.self)
    return (child.wait(), output)
  }
  private func verify(
    _ path: String, _ more: [String] = [], addresses: Int = addresses, seconds: Int = 120
  ) throws -> (code: Int32, output: String) {
    try run([ChildProcess.built("tally-verify"), path, "--json"] + more, addresses: addresses, seconds: seconds)
  }
  private func info(_ path: String) throws -> (code: Int32, output: String) {
    try run([ChildProcess.built("tally"), "info", "--log", path, "--json"])
  }

  /// `count` events of one kind, all alike, in a few bytes.
  private func payload(first: UInt64, _ count: Int, _ kind: EventKind, more: Bool = false, group: [UInt8]) -> [UInt8] {
    var body = ByteWriter()
    for number in [first, UInt64(count), 0] { body.varint(number) }
    body.raw([0x80, kind.rawValue << 1, 0] + group)
    var out = ByteWriter()
    out.varint(UInt64(body.bytes.count))
    out.raw(body.bytes)
    return out.bytes
  }

  private struct Chain {
    var bytes = [UInt8]()
    var previous = Digest.zero
    var next: UInt64 = 1
    private var number: UInt64 = 0
    mutating func add(_ payload: [UInt8], count: Int) {
      let frame = HandMadeFrame(
        payload, number: number, first: next, count: UInt64(count), epoch: 1, previous: previous,
        log: HostileSizeTests.log)
      number += 1
      bytes += frame.bytes
      previous = frame.hash
      next += UInt64(count)
    }
  }

  @Test("a frame that unpacks to more than 16 MiB is refused")
  func bomb() throws {
    var chain = Chain()
    chain.add([UInt8](repeating: 0, count: Limits.maxPayloadBytes + 1), count: 1)
    let directory = try log(chain.bytes)
    #expect(chain.bytes.count < 100_000)
    let verdict = try verify(directory.path)
    #expect(verdict.code == 65 && verdict.output.contains("is larger than 16777216 bytes"), "\(verdict)")
    #expect(try info(directory.path).code == 65)
  }

  @Test(
    "frames of a hundred bytes with a million lines each are decoded a few at a time, whatever the number of threads",
    arguments: [("2", 4 << 27), ("8", 6 << 27)])
  func lines(jobs: String, addresses: Int) throws {
    var chain = Chain()
    for _ in 0..<6 { chain.add(deliveries(chain.next, Limits.maxEventsPerFrame), count: Limits.maxEventsPerFrame) }
    #expect(chain.bytes.count < 20_000)
    let directory = try log(chain.bytes)
    let verdict = try verify(directory.path, ["--jobs", jobs], addresses: addresses)
    #expect(verdict.code == 1 && verdict.output.contains("unknown-item"), "\(verdict.output.suffix(300))")
  }

  @Test("where memory runs out, that is said and the exit code is 74", arguments: [3 << 25, 5 << 25], ["1", "2", "8"])
  func outOfMemory(addresses: Int, jobs: String) throws {
    var chain = Chain()
    for _ in 0..<3 { chain.add(deliveries(chain.next, Limits.maxEventsPerFrame), count: Limits.maxEventsPerFrame) }
    let directory = try log(chain.bytes)
    let verdict = try verify(directory.path, ["--jobs", jobs], addresses: addresses)
    #expect(verdict.code == 74 && verdict.output.contains("out of memory"), "\(verdict)")
  }

  /// Deliveries of item 0, never registered, with references of 256 bytes each, numbered: some 90 MB for the most that
  /// fit a frame.
  private func deliveries(_ first: UInt64, _ count: Int) -> [UInt8] {
    // Each one more than the one before: a debug build reads that eight bytes at a time, and anything else by the byte.
    let steps: [UInt8] = count == 1 ? [0] : [0x80, 2]
    let reference = [3] + [0xF1, 0x01] + [UInt8](repeating: 0x78, count: 241) + [0x80, 15, 0] + steps
    return payload(first: first, count, .received, group: [0x80, 1, 0, 0x80, 1] + reference + [0])
  }

  @Test("the tools work where a process may have few addresses")
  func fewAddresses() throws {
    let directory = try log([])
    let tally = ChildProcess.built("tally")
    for arguments in [
      [tally, "receive", "tea=5", "--log", directory.path], [tally, "stock", "--log", directory.path],
      [ChildProcess.built("tally-verify"), directory.path],
    ] {
      let result = try run(arguments, addresses: 1 << 28)
      #expect(result.code == 0, "\(arguments): \(result)")
    }
  }

  @Test("carts of thousands of lines that name no item take no memory")
  func unknownItems() throws {
    var chain = Chain()
    // Lines are packed: 4,096 a cart of one width, all of item 7 and a quantity of 1; ids are empty.
    for _ in 0..<30 {
      chain.add(
        payload(
          first: chain.next, 256, .reserved, group: [0] + packed(4_096) + packed(7) + packed(1) + [0] + packed(0)),
        count: 256)
    }
    let directory = try log(chain.bytes)
    let verdict = try verify(directory.path, addresses: 5 << 27)
    #expect(verdict.code == 1 && verdict.output.contains("unknown-item"), "\(verdict.output.suffix(300))")
  }

  /// A column of one value, as often as there are rows.
  private func packed(_ value: UInt64) -> [UInt8] {
    var out = ByteWriter()
    out.u8(0x80)
    out.varint(value)
    return out.bytes
  }

  @Test("large frames here and there among small ones do not make the memory of every frame as large")
  func scattered() throws {
    var chain = Chain()
    func add(_ events: Int) { chain.add(deliveries(chain.next, events), count: events) }
    for turn in 0..<8 {
      // The large one is another one of its turn each time.
      for _ in 0..<(turn * 32) { add(1) }
      add(Limits.maxEventsPerFrame)
      for _ in turn * 32..<255 { add(1) }
    }
    let directory = try log(chain.bytes)
    // Four of the eight would take more than that.
    let verdict = try verify(directory.path, ["--jobs", "2"], addresses: 11 << 25)
    #expect(verdict.code == 1 && verdict.output.contains("unknown-item"), "\(verdict.output.suffix(300))")
  }

  @Test("a large cart that is released for an adjust a line at a time is not copied each time")
  func releases() throws {
    var columns = EventColumns(firstSequence: 1)
    let lines = (0..<4096).map { LineEntry(item: ItemNumber(UInt32($0)), quantity: 1 << 30) }
    for number in 0..<4096 { columns.appendRegistration(sku: Name("i\(number)"), location: "m", time: 0, more: true) }
    lines.withUnsafeBufferPointer {
      columns.appendMovement(isReturn: false, lines: $0, reference: nil, key: nil, digest: .none, time: 0, more: false)
      columns.appendReservation(
        id: UnsafeBufferPointer(start: nil, count: 0), lines: $0, customer: UnsafeBufferPointer(start: nil, count: 0),
        timeToLive: 0, time: 0, more: false)
    }
    var out = ByteWriter()
    var body = ByteWriter()
    columns.encode(into: &out, body: &body)
    var chain = Chain()
    chain.add(out.bytes, count: columns.count)
    // Releases of one unit of item 0 by an adjust that does not come, all in one step.
    let count = 1 << 15
    var group = ByteWriter()
    group.varint(zigzag(4098 - Int64(chain.next)))
    group.raw([0, 0x80, 1, 0, 0x80, 1, 0x80, 1, 0])
    var steps = ByteWriter()
    for number in [chain.next, UInt64(count), 0] { steps.varint(number) }
    // Kinds one bit wide: "released, more" for all but the last.
    var bits = [UInt8](repeating: 0xFF, count: count / 8)
    bits[bits.count - 1] = 0x7F
    steps.raw([0x81] + [EventKind.released.rawValue << 1] + bits + [0] + group.bytes)
    var payload = ByteWriter()
    payload.varint(UInt64(steps.bytes.count))
    payload.raw(steps.bytes)
    chain.add(payload.bytes, count: count)
    let directory = try log(chain.bytes)
    let verdict = try verify(directory.path, seconds: 30)
    #expect(verdict.code == 1 && verdict.output.contains("\"rule\":\"step-form\""), "\(verdict.output.suffix(300))")
  }

  @Test("a tail of a thousand headers that each claim 16 MiB is damage, found in a moment")
  func lookalikes() throws {
    let claim = HandMadeFrame([1], number: 0, first: 1, count: 1, epoch: 1, previous: .zero, log: Self.log)
    // Up to its numbers, then a length of nearly 16 MiB.
    var header = Array(claim.bytes.prefix(56))
    var numbers = ByteWriter()
    for number in [1, 0, 1, 1, 1 << 24] as [UInt64] { numbers.varint(number) }
    header.replaceSubrange(4..<8, with: [UInt8(48 + numbers.bytes.count), 0, 0, 0])
    header += numbers.bytes
    let tail = [UInt8](repeating: 7, count: 100) + (0..<1_000).flatMap { _ in header }
    let directory = try log(tail)
    let path = LogDirectory(directory.path).segment(1)
    // Sparse: it takes no more disk than what stands in it.
    #expect(truncate(path, 40 << 20) == 0)
    let verdict = try verify(directory.path)
    #expect(verdict.code == 65 && verdict.output.contains("too much follows that looks like frames"), "\(verdict)")
    #expect(try info(directory.path).code == 65)
  }

  @Test("headers that say a segment, an index, a snapshot or a floor is as large as can be cost nothing")
  func headers() throws {
    let large = LogSettings(segmentSize: Int(Limits.maxQuantity), snapshotEvery: Int(Limits.maxQuantity))
    let directory = try log([], settings: large)
    let place = LogDirectory(directory.path)
    let tally = ChildProcess.built("tally")
    #expect(try run([tally, "receive", "tea=5", "--log", directory.path]).code == 0)
    #expect(try run([tally, "snapshot", "rebuild", "--log", directory.path]).code == 0)
    let files = LocalFileSystem()
    // A snapshot that says it holds 64 GiB, and one that is 1 TiB of nothing.
    let snapshot = place.snapshot(2)
    let good = try #require(try files.contents(of: snapshot, maximum: 1 << 20))
    var claim = good
    claim.replaceSubrange(152..<160, with: [0, 0, 0, 0, 16, 0, 0, 0])
    claim.replaceSubrange(160..<192, with: Digest.sha256(Array(claim[0..<160])).bytes)
    #expect(throws: MalformedBytes.self) { try SnapshotFile(parsing: claim) }
    try files.remove(snapshot)
    try files.open(snapshot, .create).write(claim, at: 0)
    try expectServing(directory.path)
    try files.remove(snapshot)
    try files.open(snapshot, .create).write(good, at: 0)
    #expect(truncate(snapshot, 1 << 40) == 0)
    try expectServing(directory.path)
    try files.remove(snapshot)
    // One of reservations so far apart that the tables of their places would take 1.6 GB.
    var sparse = ByteWriter()
    let count: UInt64 = 100_000
    sparse.raw("tallystick-state-2\n".utf8)
    for number in [count * 4_096 + 1, 0, 1] { sparse.varint(number) }
    sparse.raw([1, 97, 1, 98])
    for number in [count, count, 1, 0, 0, count] { sparse.varint(number) }
    for _ in 0..<count {
      sparse.varint(4_096)
      sparse.raw([0, 0, 1, 97, 0, 1])
    }
    sparse.varint(0)
    let original = try SnapshotFile(parsing: good)
    let hostile = SnapshotFile(
      log: original.log, sequence: original.sequence, frame: original.frame,
      framePosition: original.framePosition, state: sparse.bytes
    ).encoded
    #expect(hostile.count < 4_096)
    try files.open(snapshot, .create).write(hostile, at: 0)
    #expect(try info(directory.path).code == 0)
    #expect(try verify(directory.path).code == 1, "a snapshot that contradicts the log")
    try files.remove(snapshot)
    // An index that says it holds 2^63 names, and a filter of 2^60 words; its own check is keyed by the log's id, which
    // stands in it, but here it is simply wrong, so that the size must not be believed before it.
    for name in try files.list(place.index) {
      let file = try files.open(place.index + "/" + name, .readWrite)
      try file.write([UInt8](repeating: 0xFF, count: 24), at: 80)
      #expect(truncate(place.index + "/" + name, 1 << 40) == 0)
    }
    #expect(truncate(place.floor, 1 << 40) == 0)
    #expect(try run([tally, "show", "order-1", "--log", directory.path]).code == 1)
    #expect(try run([tally, "receive", "tea=5", "--log", directory.path]).code == 0)
  }

  private func expectServing(_ path: String) throws {
    #expect(try info(path).code == 0)
    #expect(try verify(path).code == 0)
    let listed = try verify(path, ["--snapshots"])
    #expect(listed.code == 65 && listed.output.contains("\"verdict\":\"damaged\""), "\(listed)")
  }
}
