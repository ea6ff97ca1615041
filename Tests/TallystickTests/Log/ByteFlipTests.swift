import TallyAudit
import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("Every byte of a small log")
struct ByteFlipTests {
  /// What a reader makes of a log: its history, or that it is refused.
  private func history(_ path: String) -> [RecordedEvent]? {
    var events = [RecordedEvent]()
    do {
      try LogReader(path).events(EventFilter()) {
        events.append($0)
        return true
      }
      return events
    } catch {
      return nil
    }
  }

  private func makeLog(close: Bool) throws -> (TestLog, used: Int) {
    let test = try TestLog()
    let log = try test.open()
    log.receive("tea", 10)
    log.reserve("order-1", "tea", 2, timeToLive: 1_000_000)
    _ = log.append(Command(.commit(id: "order-1", [Line(sku: "tea", 1)])))
    if close { log.close() }
    let used = try LogReader(test.path).info().segments[0].usedBytes
    if !close {
      // A copy of a log that nobody closed: its writer may have been killed here.
      let copy = try TestLog()
      try overwrite(LogDirectory(copy.path).segment(1), read(LogDirectory(test.path).segment(1)))
      log.close()
      return (copy, used)
    }
    return (test, used)
  }

  @Test("in a closed log each flip is detected, and none reads as another history")
  func closedLog() throws {
    let (test, used) = try makeLog(close: true)
    let original = try #require(history(test.path))
    let path = try test.lastSegment
    let bytes = try read(path)
    for offset in 0..<used {
      for bit in [UInt8(1), 0x80] {
        try overwrite(path, [bytes[offset] ^ bit], at: offset)
        let verdict = (try? test.audit())?.verdict
        #expect(verdict != .proven, "byte \(offset)")
        if let changed = history(test.path) { #expect(original.starts(with: changed), "byte \(offset)") }
        if let log = try? test.open() {
          Issue.record("the writer opened a log with byte \(offset) flipped")
          log.close()
          return
        }
      }
      try overwrite(path, [bytes[offset]], at: offset)
    }
    #expect(try test.audit().verdict == .proven)
  }

  @Test("in a log that was not closed only the last frame may read as a torn tail")
  func openLog() throws {
    let (test, used) = try makeLog(close: false)
    let original = try #require(history(test.path))
    let path = try test.lastSegment
    let bytes = try read(path)
    let lastFrame = try lastEventFrame(test.path)
    for offset in 0..<used {
      try overwrite(path, [bytes[offset] ^ 0x10], at: offset)
      let report = try? test.audit()
      if report?.verdict == .proven {
        #expect(offset >= lastFrame && (report?.tornBytes ?? 0) > 0, "byte \(offset)")
      }
      if let changed = history(test.path) { #expect(original.starts(with: changed), "byte \(offset)") }
      try overwrite(path, [bytes[offset]], at: offset)
    }
  }

  @Test("cut off at any byte, a log ends at a frame or is refused")
  func truncated() throws {
    let (test, used) = try makeLog(close: true)
    let original = try #require(history(test.path))
    let path = try test.lastSegment
    let file = try LocalFileSystem().open(path, .readWrite)
    for size in stride(from: used - 1, through: 0, by: -1) {
      try file.truncate(to: size)
      #expect((try? test.audit())?.verdict != .proven, "size \(size)")
      if let changed = history(test.path) { #expect(original.starts(with: changed), "size \(size)") }
    }
  }

  @Test("a flipped byte in a snapshot, an index or the floor never changes an answer")
  func derivedFiles() throws {
    let test = try TestLog(snapshotEvery: 20)
    try test.write { log in
      log.receive("tea", 100)
      for number in 0..<30 { log.reserve(Name("order-\(number)"), "tea", 1) }
    }
    let directory = LogDirectory(test.path)
    let files = LocalFileSystem()
    let digest = try LogReader(test.path).info().stateDigest
    var paths = try directory.listSnapshots(files).map { directory.snapshot($0) }
    paths += try files.list(directory.index).map { directory.index + "/" + $0 }
    paths.append(directory.floor)
    for path in paths {
      let bytes = try read(path)
      for offset in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
        try overwrite(path, [bytes[offset] ^ 4], at: offset)
        #expect(try LogReader(test.path).info().stateDigest == digest, "\(path) byte \(offset)")
        var recovered: Judge?
        do { recovered = try Recovery(StoredLog(LocalStore(test.path)), options: LogOptions()).judge } catch {
          Issue.record("\(path) byte \(offset): \(error)")
        }
        #expect(recovered?.state.digest == digest)
        try overwrite(path, [bytes[offset]], at: offset)
      }
    }
  }

  private func lastEventFrame(_ path: String) throws -> Int {
    let stream = try FrameStream(LogDirectory(path), files: LocalFileSystem())
    var last = 0
    while case .frame(let frame, let position) = try stream.next() { if !frame.isEmpty { last = position.offset } }
    return last
  }
}
