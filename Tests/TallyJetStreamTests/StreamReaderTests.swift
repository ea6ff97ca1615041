import TallyFormat
import TallyTestSupport
import Testing

@testable import TallyJetStream

/// The reader over messages made by hand.
@Suite("A reader of a stream")
struct StreamReaderTests {
  private static let log = LogID.random()

  /// A chain of frames as one writer writes them.
  private struct Chain {
    private var encoder = FrameEncoder(log: StreamReaderTests.log)
    var head = ChainHead.empty
    var epoch: UInt64 = 1

    mutating func frame() -> EncodedFrame {
      let frame = encoder.encode(EventColumns(firstSequence: head.nextSequence), after: head, epoch: epoch)
      head = frame.head
      return frame
    }
    var claim: [UInt8] { FloorFile(Floor(log: StreamReaderTests.log, head: head, epoch: epoch)).encoded }
  }

  private func read(_ messages: [[UInt8]?]) throws(LogError) -> (frames: [Digest], passedOver: Int) {
    let service = ArrayService()
    let header = SegmentHeader(log: StreamReaderTests.log, after: .empty, settings: LogSettings())
    service.messages = [header.encoded] + messages
    let source = try StreamSource(PatientService(service: service))
    let reader = StreamReader(PatientService(service: service), log: source.log, from: .beginning)
    var hashes = [Digest]()
    while case .frame(let frame, _) = try reader.next() { hashes.append(frame.hash) }
    return (hashes, reader.passedOver)
  }

  @Test(
    "gives every frame of whoever had the log, and passes over what deposed writers left behind a claim",
    arguments: Seeds.few(20))
  func epochs(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var chain = Chain()
    var (messages, expected, stale) = ([[UInt8]?](), [Digest](), 0)
    messages.append(chain.claim)
    for _ in 0..<random.number(1...6) {
      for _ in 0..<random.number(0...5) {
        let frame = chain.frame()
        messages.append(frame.bytes)
        expected.append(frame.head.hash)
      }
      // The writer goes on without knowing that it has lost the log.
      var deposed = chain
      chain.epoch += UInt64(random.number(1...3))
      messages.append(chain.claim)
      var late = (0..<random.number(0...4)).map { _ in deposed.frame().bytes }
      // Some of what it had in flight is lost.
      late.removeAll { _ in random.one(in: 3) }
      for bytes in late {
        if random.one(in: 2) {
          let frame = chain.frame()
          messages.append(frame.bytes)
          expected.append(frame.head.hash)
        }
        messages.append(bytes)
        stale += 1
      }
    }
    let found = try read(messages)
    #expect(found.frames == expected, "\(Seeds.replay(seed, of: "StreamReaderTests"))")
    #expect(found.passedOver == stale, "\(Seeds.replay(seed, of: "StreamReaderTests"))")
  }

  @Test("takes anything else that does not fit for damage, and says which message", arguments: 0..<9)
  func damage(how: Int) throws {
    var chain = Chain()
    var messages: [[UInt8]?] = [chain.claim]
    for _ in 0..<5 { messages.append(chain.frame().bytes) }
    switch how {
    case 0: messages[3]?[60] ^= 1
    case 1: messages.remove(at: 3)
    case 2: messages.swapAt(3, 4)
    // Deleted, the last ones too: the stream still counts their places.
    case 3: messages[3] = nil
    case 4: messages[5] = nil
    case 5: messages.insert(messages[2], at: 3)
    case 6: messages.insert(Array("hello".utf8), at: 2)
    case 7: messages.append(messages[0])
    default: messages[4]?.append(0)
    }
    let error = #expect(throws: LogError.self) { try read(messages) }
    guard case .damaged(_, _, let reason)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(reason.contains("message"), "\(reason)")
  }

  @Test("says that a stream was shortened, is empty, or is somebody else's, before it reads a frame")
  func beginnings() throws {
    let service = ArrayService()
    var error = #expect(throws: LogError.self) { try StreamSource(PatientService(service: service)) }
    #expect("\(try #require(error))".contains("the stream is empty"))
    service.messages = [nil, nil, [1, 2, 3]]
    error = #expect(throws: LogError.self) { try StreamSource(PatientService(service: service)) }
    #expect("\(try #require(error))".contains("messages 1 to 2 of array are gone"))
    service.messages = [Array("an order".utf8)]
    error = #expect(throws: LogError.self) { try StreamSource(PatientService(service: service)) }
    #expect("\(try #require(error))".contains("its first message is no beginning of a log"))
  }
}
