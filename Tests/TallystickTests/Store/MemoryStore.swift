import Synchronization

@testable import TallyFormat
@testable import Tallystick

/// A second store: frames in an array, as a replicated stream would keep them, one a message, and the expected place of
/// the next as the fence. What is derived from the log lies in a directory, as for any store.
final class MemoryStore: WritableStore {
  private struct Shared: Sendable {
    var frames: [[UInt8]] = []
    var floor: Floor?
  }
  static let id = LogID(bytes: Array(0..<16))!
  let derived: LogDirectory
  let files: any FileSystem = LocalFileSystem()
  let log: LogID
  let settings: LogSettings
  private let shared = Mutex(Shared())
  /// Asked before a frame is taken: what happens to it.
  let onAppend: @Sendable (_ number: Int) -> Fault?

  enum Fault {
    /// The frame is not taken.
    case refuse(SinkError)
    /// The frame is taken, and the writer is told otherwise.
    case lose(SinkError)
  }

  init(
    _ directory: String, settings: LogSettings = LogSettings(snapshotEvery: 0),
    onAppend: @escaping @Sendable (Int) -> Fault? = { _ in nil }
  ) {
    derived = LogDirectory(directory)
    log = MemoryStore.id
    self.settings = settings
    self.onAppend = onAppend
  }

  var count: Int { shared.withLock { $0.frames.count } }
  func frame(_ number: Int) -> [UInt8]? {
    shared.withLock { number < $0.frames.count ? $0.frames[number] : nil }
  }
  /// Changes what is kept, as nobody should.
  func tamper(_ body: (inout [[UInt8]]) -> Void) { shared.withLock { body(&$0.frames) } }

  func source() throws(LogError) -> any FrameSource { MemorySource(self) }
  func floor() throws(FloorError) -> Floor? { shared.withLock { $0.floor } }
  func claim(_ source: any FrameSource, wait: Duration) throws(ClaimError) -> any FrameSink { MemorySink(self) }

  /// - Throws: ``SinkError/deposed(_:)`` if another frame stands there.
  fileprivate func append(_ bytes: [UInt8], at number: UInt64) throws(SinkError) {
    let fault = onAppend(Int(number))
    if case .refuse(let error) = fault { throw error }
    let isNext = shared.withLock { shared in
      guard shared.frames.count == Int(number) else { return false }
      shared.frames.append(bytes)
      return true
    }
    guard isNext else { throw .deposed("frame \(number) is not the next: another writer has the log") }
    if case .lose(let error) = fault { throw error }
  }
  fileprivate func note(_ floor: Floor) { shared.withLock { $0.floor = floor } }
}

private final class MemorySource: FrameSource {
  private let store: MemoryStore
  init(_ store: MemoryStore) { self.store = store }

  var log: LogID { store.log }
  var settings: LogSettings { store.settings }
  var name: String { "memory" }

  func frames(from start: FrameStart, showsUnsynced: Bool) throws(LogError) -> any FrameReader {
    MemoryReader(store, start)
  }

  func position(ofEvent sequence: UInt64) throws(LogError) -> LogPosition {
    for number in (0..<store.count).reversed() {
      guard let bytes = store.frame(number), let extent = Frame.peek(bytes) else { continue }
      if extent.count > 0, extent.firstSequence <= sequence { return .frame(UInt64(number)) }
    }
    throw .damaged(.frame(0), sequence: sequence, reason: "it does not hold the event")
  }

  func parts() throws(LogError) -> [StorePart] {
    let bytes = (0..<store.count).reduce(0) { $0 + (store.frame($1)?.count ?? 0) }
    return [StorePart(name: name, firstSequence: 1, bytes: bytes)]
  }

  func waitForMore(than head: ChainHead, atMost timeout: Duration) {}
}

private final class MemoryReader: FrameReader {
  private let store: MemoryStore
  private(set) var head: ChainHead
  private var number: Int
  private var trustsNextFrame: Bool
  var position: LogPosition { .frame(UInt64(number)) }

  init(_ store: MemoryStore, _ start: FrameStart) {
    self.store = store
    switch start {
    case .beginning: (head, number, trustsNextFrame) = (.empty, 0, false)
    case .place(let place, let sequence):
      number = place.offset
      head = ChainHead(nextFrame: 0, lastSequence: max(sequence, 1) - 1, hash: .zero, epoch: 0)
      trustsNextFrame = true
    }
  }

  func next() throws(LogError) -> FrameItem {
    let at = position
    guard let bytes = store.frame(number) else { return .end(LogEnd(position: at, tornBytes: 0)) }
    let parsed = bytes.withUnsafeBytes { raw in
      Result { () throws(MalformedBytes) in try Frame.parse(raw, log: store.log) }
    }
    let frame: Frame
    do throws(MalformedBytes) { frame = try parsed.get() } catch {
      throw .damaged(at, sequence: head.nextSequence, reason: "what stands there \(error)")
    }
    guard trustsNextFrame || frame.previousHash == head.hash && frame.number == head.nextFrame else {
      throw .damaged(at, sequence: head.nextSequence, reason: "the frame does not continue the chain")
    }
    trustsNextFrame = false
    number += 1
    head = frame.head
    return .frame(frame, at)
  }

  func recycle(_ frame: consuming Frame) {}
}

private final class MemorySink: FrameSink {
  private let store: MemoryStore
  private let epoch = Atomic<UInt64>(0)
  init(_ store: MemoryStore) { self.store = store }

  func begin(after recovered: RecoveredEnd, epoch: UInt64) throws(SinkError) {
    self.epoch.store(epoch, ordering: .relaxed)
    try noteFloor(recovered.head, isDurable: true)
  }
  func append(_ frame: EncodedFrame, after head: ChainHead) throws(SinkError) {
    try store.append(frame.bytes, at: head.nextFrame)
  }
  func checkClaim() throws(SinkError) {}
  func noteFloor(_ head: ChainHead, isDurable: Bool) throws(SinkError) {
    store.note(Floor(log: store.log, head: head, epoch: epoch.load(ordering: .relaxed)))
  }
  func close() {}
}
