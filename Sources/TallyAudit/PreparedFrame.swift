import TallyFormat

/// A frame with everything worked out that needs no knowledge of the frames before it.
///
/// Used again for frame after frame, because fresh memory costs more than what is written into it. Belongs to one thread
/// at a time: the one that fills it, then the one that folds it.
final class PreparedFrame: @unchecked Sendable {
  var position = LogPosition(segment: 1, offset: 0)
  /// The chain with this frame at its end.
  var head = ChainHead.empty
  /// What its header says is its first event, and what the frame before it leads one to expect.
  var firstSequence: UInt64 = 1
  var expectedSequence: UInt64 = 1
  var lastSequence: UInt64 { head.lastSequence }
  var columns = EventColumns(firstSequence: 1)
  /// Some name may be none.
  var hasOddNames = false
  /// Some event has a key.
  var hasKeys = false

  /// Bytes of memory that the columns keep.
  private(set) var memory = 0
  /// What ``FramePool`` counts of it.
  var keptBytes = 0

  /// To be called when ``columns`` have been refilled.
  func noteMemory() { memory = columns.memoryBytes }
}

/// A frame as it comes from the stream, its bytes proven by its hash and its contents not yet looked at.
struct RawFrame: Sendable {
  var frame: Frame
  var position: LogPosition
  var expectedSequence: UInt64

  /// Lines that it may have, by its header.
  var mostLines: Int { min(frame.count * Limits.maxLinesPerEvent, Limits.maxLinesPerFrame) }
  /// Bytes that its columns may take when decoded: up to 256 bytes of text, a name, a key's digest and what stands for
  /// every event, and the lines.
  var mostMemory: Int { frame.count * 448 + mostLines * MemoryLayout<LineEntry>.stride }
}

/// Why no further frame comes.
enum FeedEnd: Sendable {
  case end(LogEnd)
  case failed(LogError)
}

/// Decodes frames and enters their names; one for each thread.
final class FramePreparer {
  private let decompressor = LZ4Decompressor()
  private let hasher: NameHasher
  private var room = MemoryRoom()
  /// The fingerprints of all ids and keys of the frames prepared here.
  let names = LedgerReference()

  /// Frames prepared, whose memory the stream may have back.
  private var read: [RawFrame] = []

  private let keepsNames: Bool

  /// - Parameter keepsNames: the fingerprints of all names are wanted at the end.
  init(hasher: NameHasher, keepsNames: Bool = true) {
    self.hasher = hasher
    self.keepsNames = keepsNames
  }

  func keepRead(_ frames: [RawFrame]) { read = frames }
  func takeRead() -> [RawFrame] {
    defer { read = [] }
    return read
  }

  /// - Throws: ``LogError/damaged(_:sequence:reason:)`` if the payload is none (the hash is right: somebody wrote it so),
  ///   ``LogError/file(_:)`` if there is no memory for it.
  func prepare(_ raw: borrowing RawFrame, into prepared: PreparedFrame) throws(LogError) {
    try room.require(raw.mostMemory, raw.position)
    do throws(MalformedBytes) {
      try decompressor.refill(&prepared.columns, from: raw.frame)
    } catch {
      throw .damaged(
        raw.position, sequence: raw.expectedSequence,
        reason: "the frame matches its hash, but its payload cannot be decoded: \(error)")
    }
    prepared.noteMemory()
    prepared.hasKeys = false
    for kind in EventKind.allCases {
      guard let column = prepared.columns.names(of: kind), column.count > 0 else { continue }
      if kind != .reserved, kind != .waiting, !column.bytes.isEmpty { prepared.hasKeys = true }
      if keepsNames { hasher.forEach(in: column) { names.value.add($0) } }
    }
    prepared.position = raw.position
    prepared.head = raw.frame.head
    prepared.firstSequence = raw.frame.firstSequence
    prepared.expectedSequence = raw.expectedSequence
    prepared.hasOddNames = !NameForm.isPlain(prepared.columns)
  }
}

extension FrameReader {
  /// The next frame, or why there is none.
  func nextRaw() -> Result<RawFrame, FeedStop> {
    let expected = head.nextSequence
    do throws(LogError) {
      switch try next() {
      case .frame(let frame, let position):
        return .success(RawFrame(frame: frame, position: position, expectedSequence: expected))
      case .end(let end): return .failure(FeedStop(end: .end(end)))
      }
    } catch {
      return .failure(FeedStop(end: .failed(error)))
    }
  }
}

struct FeedStop: Error, Sendable { var end: FeedEnd }
