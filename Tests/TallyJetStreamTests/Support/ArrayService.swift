import Synchronization

@testable import TallyJetStream

/// A stream in an array, with faults as a test wants them.
final class ArrayService: StreamService {
  /// What happens to a message on its way.
  enum Fault: Sendable {
    /// It is stored, and no answer comes.
    case loseAnswer
    /// It is not stored, and no answer comes.
    case loseMessage
    /// It is refused although it was not stored: no room.
    case full
    /// Another's message is stored before it comes.
    case overtake([UInt8])
  }
  private struct Shared: Sendable {
    /// `nil`: deleted.
    var messages: [[UInt8]?] = []
    var published = 0
  }
  let name = "array"
  let largestMessage: Int
  private let shared = Mutex(Shared())
  private let fault: @Sendable (_ number: Int) -> Fault?

  init(largestMessage: Int = 1 << 20, fault: @escaping @Sendable (Int) -> Fault? = { _ in nil }) {
    self.largestMessage = largestMessage
    self.fault = fault
  }

  var messages: [[UInt8]?] {
    get { shared.withLock { $0.messages } }
    set { shared.withLock { $0.messages = newValue } }
  }

  func message(atOrAfter sequence: UInt64) throws(StreamFault) -> StreamMessage? {
    shared.withLock { shared in
      for index in shared.messages.indices.dropFirst(Int(sequence) - 1) {
        if let bytes = shared.messages[index] { return StreamMessage(sequence: UInt64(index) + 1, bytes: bytes) }
      }
      return nil
    }
  }

  func lastSequence() throws(StreamFault) -> UInt64 { shared.withLock { UInt64($0.messages.count) } }
  func bytes() throws(StreamFault) -> Int { shared.withLock { $0.messages.reduce(0) { $0 + ($1?.count ?? 0) } } }
  func pause(for duration: Duration) {}

  func publish(_ bytes: [UInt8], expecting last: UInt64) -> PublishAnswer {
    shared.withLock { shared in
      shared.published += 1
      let fault = fault(shared.published)
      switch fault {
      case .overtake(let other): shared.messages.append(other)
      case .loseMessage: return .silent("no answer")
      case .full: return .refused("insufficient storage", isFull: true)
      case .loseAnswer, nil: break
      }
      guard shared.messages.count == Int(last) else {
        return .refused("wrong last sequence: \(shared.messages.count)", isFull: false)
      }
      shared.messages.append(bytes)
      if case .loseAnswer = fault { return .silent("no answer") }
      return .stored(last + 1)
    }
  }
}
