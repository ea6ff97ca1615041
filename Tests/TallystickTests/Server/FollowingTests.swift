import TallyThreads
import Testing

@testable import Tallystick

@Suite("Following a log from another process")
struct FollowingTests {
  @Test(
    "a stream that waits ends when its task is cancelled, though the store's wait goes on", .timeLimit(.minutes(60)))
  func cancelled() async throws {
    let test = try TestLog()
    let log = try test.open()
    defer { log.close() }
    log.receive("tea", 100)
    let store = HoldingStore(test.path)
    defer { store.gate.open() }
    let stream = try LogReader(store).events(from: 1)
    let task = Task {
      var count = 0
      for try await _ in stream { count += 1 }
      return count
    }
    await store.gate.untilWaiting(1)
    task.cancel()
    // The gate is still shut.
    #expect(try await task.value == 2)
  }

  @Test(
    "many streams wait at a time, and other tasks go on: none blocks a thread of their pool", .timeLimit(.minutes(60)))
  func many() async throws {
    let test = try TestLog()
    let log = try test.open()
    defer { log.close() }
    log.receive("tea", 100)
    let store = HoldingStore(test.path)
    var filter = EventFilter()
    (filter.from, filter.to) = (3, 3)
    let stream = try LogReader(store).events(filter)
    let streams = 48
    let kinds = try await withThrowingTaskGroup(of: [EventKind].self) { group in
      for _ in 0..<streams {
        group.addTask {
          var kinds = [EventKind]()
          for try await event in stream { kinds.append(event.kind) }
          return kinds
        }
      }
      // Were the pool's threads blocked, these would be fewer than the streams.
      await store.gate.untilWaiting(streams)
      log.reserve("order-1", "tea", 1)
      store.gate.open()
      return try await group.reduce(into: [EventKind]()) { $0 += $1 }
    }
    #expect(kinds == Array(repeating: .reserved, count: streams))
  }
}

/// A log in a directory whose waits for more frames last until the gate is opened.
private struct HoldingStore: LogStore {
  let local: LocalStore
  let gate = WaitGate()

  init(_ path: String) { local = LocalStore(path) }

  var derived: LogDirectory { local.derived }
  var files: any FileSystem { local.files }
  func source() throws(LogError) -> any FrameSource { HoldingSource(try local.source(), gate) }
  func floor() throws(FloorError) -> Floor? { try local.floor() }
}

private final class WaitGate: Sendable {
  private let isOpen = Monitor(false)
  private let waits = AsyncStream<Void>.makeStream()

  /// Opens for good.
  func open() { isOpen.signal { $0 = true } }

  /// Blocks the thread until the gate is open.
  func pass() {
    waits.continuation.yield()
    isOpen.wait { $0 ? () : nil }
  }

  /// Returns when so many threads have come to the gate. For one task, once.
  func untilWaiting(_ count: Int) async {
    var seen = 0
    for await _ in waits.stream {
      seen += 1
      if seen == count { break }
    }
  }
}

private final class HoldingSource: FrameSource {
  private let local: any FrameSource
  private let gate: WaitGate

  init(_ local: any FrameSource, _ gate: WaitGate) {
    self.local = local
    self.gate = gate
  }

  var log: LogID { local.log }
  var settings: LogSettings { local.settings }
  var name: String { local.name }
  func frames(from start: FrameStart, showsUnsynced: Bool) throws(LogError) -> any FrameReader {
    try local.frames(from: start, showsUnsynced: showsUnsynced)
  }
  func position(ofEvent sequence: UInt64) throws(LogError) -> LogPosition { try local.position(ofEvent: sequence) }
  func parts() throws(LogError) -> [StorePart] { try local.parts() }
  func waitForMore(than head: ChainHead, atMost timeout: Duration) { gate.pass() }
}
