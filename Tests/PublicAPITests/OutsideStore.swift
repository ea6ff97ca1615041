import Synchronization
import TallyFormat

/// A log in memory, as somebody outside the package writes one: with what is public only.
final class OutsideStore: LogStore {
  let derived: LogDirectory
  let files: any FileSystem = LocalFileSystem()
  let log: LogID
  private let frames = Mutex<[[UInt8]]>([])

  /// - Parameter directory: where what is derived may be kept; empty here.
  init(_ log: LogID, directory: String) {
    self.log = log
    derived = LogDirectory(directory)
  }

  /// Appends frames of these events, one each.
  func append(_ groups: [EventColumns]) {
    var encoder = FrameEncoder(log: log)
    var head = ChainHead.empty
    for columns in groups {
      let frame = encoder.encode(columns, after: head, epoch: 1)
      head = frame.head
      frames.withLock { $0.append(frame.bytes) }
    }
  }

  /// Changes one byte of one frame.
  func flip(_ offset: Int, of number: Int) { frames.withLock { $0[number][offset] ^= 1 } }

  func frame(_ number: Int) -> [UInt8]? { frames.withLock { number < $0.count ? $0[number] : nil } }
  func source() throws(LogError) -> any FrameSource { OutsideSource(self) }
  func floor() throws(FloorError) -> Floor? { nil }
}

private final class OutsideSource: FrameSource {
  private let store: OutsideStore
  let settings = LogSettings()
  let name = "memory"

  init(_ store: OutsideStore) { self.store = store }
  var log: LogID { store.log }

  func frames(from start: FrameStart, showsUnsynced: Bool) throws(LogError) -> any FrameReader { OutsideReader(store) }
  func position(ofEvent sequence: UInt64) throws(LogError) -> LogPosition { .frame(0) }
  func parts() throws(LogError) -> [StorePart] { [StorePart(name: name, firstSequence: 1, bytes: 0)] }
  func waitForMore(than head: ChainHead, atMost timeout: Duration) {}
}

/// From the beginning only.
private final class OutsideReader: FrameReader {
  private let store: OutsideStore
  private(set) var head = ChainHead.empty
  var position: LogPosition { .frame(head.nextFrame) }

  init(_ store: OutsideStore) { self.store = store }

  func next() throws(LogError) -> FrameItem {
    let at = position
    guard let bytes = store.frame(at.offset) else { return .end(LogEnd(position: at, tornBytes: 0)) }
    let parsed = bytes.withUnsafeBytes { raw in
      Result { () throws(MalformedBytes) in try Frame.parse(raw, log: store.log) }
    }
    switch parsed {
    case .success(let frame) where frame.previousHash == head.hash:
      head = frame.head
      return .frame(frame, at)
    case .success:
      throw .damaged(at, sequence: head.nextSequence, reason: "the frame does not continue the chain")
    case .failure(let flaw):
      throw .damaged(at, sequence: head.nextSequence, reason: "what stands there \(flaw)")
    }
  }

  func recycle(_ frame: consuming Frame) {}
}
