import TallyFormat

/// Reads the frames of a log's stream in order, and checks that they form one chain.
///
/// Passes over what is known not to count: claims, and frames that a writer of an earlier epoch has left behind a
/// claim. Everything else that does not fit is damage.
final class StreamReader: FrameReader {
  private let service: PatientService
  private let log: LogID
  private(set) var head: ChainHead
  /// Of the message that is read next.
  private var sequence: UInt64
  /// What leads to the next frame is not known: its own word is taken for it.
  private var trustsNextFrame: Bool
  /// Of the writer that has the log at this place: frames of earlier ones do not count.
  private var epoch: UInt64 = 0
  /// Frames that a deposed writer has left.
  private(set) var passedOver = 0

  var position: LogPosition { StreamReader.position(sequence) }

  static func position(_ sequence: UInt64) -> LogPosition { .frame(sequence) }

  init(_ service: PatientService, log: LogID, from start: FrameStart) {
    self.service = service
    self.log = log
    switch start {
    case .beginning:
      (head, sequence, trustsNextFrame) = (.empty, 2, false)
    case .place(let place, let event):
      sequence = UInt64(max(2, place.offset))
      head = ChainHead(nextFrame: 0, lastSequence: max(event, 1) - 1, hash: .zero, epoch: 0)
      trustsNextFrame = true
    }
  }

  func next() throws(LogError) -> FrameItem {
    while true {
      guard let message = try nextMessage() else { return .end(LogEnd(position: position, tornBytes: 0)) }
      let record: StreamRecord
      do throws(MalformedBytes) { record = try StreamRecord(message, log: log) } catch {
        throw damaged(at: message.sequence, "what stands there \(error)")
      }
      switch record {
      case .opening: throw damaged(at: message.sequence, "a log begins there a second time")
      case .claim(let claim): try pass(claim, at: message.sequence)
      case .frame(let frame):
        guard frame.epoch >= epoch else {
          passedOver += 1
          break
        }
        try accept(frame, at: message.sequence)
        sequence = message.sequence + 1
        return .frame(frame, StreamReader.position(message.sequence))
      }
      sequence = message.sequence + 1
    }
  }

  func recycle(_ frame: consuming Frame) {}

  /// The message that comes next; `nil`: the stream ends here, and nothing that it had is missing.
  private func nextMessage() throws(LogError) -> StreamMessage? {
    let last: UInt64
    do throws(StreamFault) {
      if let message = try service.message(atOrAfter: sequence) { return message }
      // The place of what was purged or deleted stays counted.
      last = try service.lastSequence()
      if last < sequence { return nil }
      // It may have come in between.
      if let message = try service.message(atOrAfter: sequence) { return message }
    } catch {
      throw LogError(error, reading: service.service.name)
    }
    throw damaged(
      at: sequence, "messages \(sequence) to \(last) were stored and are gone: somebody has purged or deleted them")
  }

  private func pass(_ claim: Floor, at sequence: UInt64) throws(LogError) {
    guard claim.log == log else { throw damaged(at: sequence, "a writer of another log (\(claim.log)) has claimed it") }
    guard claim.epoch > max(epoch, head.epoch) else {
      throw damaged(
        at: sequence, "a writer has claimed the log for epoch \(claim.epoch) after \(max(epoch, head.epoch))")
    }
    guard trustsNextFrame || claim.head == head else {
      throw damaged(at: sequence, "a writer has claimed the log after \(claim.head), and there stands \(head)")
    }
    epoch = claim.epoch
  }

  private func accept(_ frame: Frame, at sequence: UInt64) throws(LogError) {
    if !trustsNextFrame {
      guard frame.previousHash == head.hash else {
        throw damaged(
          at: sequence, "the frame there names \(frame.previousHash) as its predecessor, which is \(head.hash)")
      }
      guard frame.number == head.nextFrame else {
        throw damaged(at: sequence, "the frame there has the number \(frame.number) where \(head.nextFrame) is due")
      }
    }
    trustsNextFrame = false
    epoch = frame.epoch
    head = frame.head
  }

  private func damaged(at sequence: UInt64, _ reason: String) -> LogError {
    let missing = sequence > self.sequence ? "; messages \(self.sequence) to \(sequence - 1) are missing" : ""
    return .damaged(
      StreamReader.position(sequence), sequence: head.nextSequence,
      reason: "message \(sequence) of \(service.service.name): \(reason)\(missing)")
  }
}

extension LogError {
  /// A stream that does not answer.
  init(_ fault: StreamFault, reading name: String) {
    switch fault.kind {
    case .noStream: self = .notALog(path: name, reason: fault.description)
    case .passing, .noResponders, .lasting, .malformed:
      self = .file(FileError(operation: "read", path: name, code: 0, reason: fault.description))
    }
  }
}
