import Glibc
import TallyFormat

/// The way into a log that a stream keeps. One message is in flight at a time, and each names the last one before it:
/// that is the fence, and with one in flight it is whole.
///
/// What a lost answer means is decided by nothing but reading back what stands at the message's place.
final class StreamSink: FrameSink, @unchecked Sendable {
  private let service: any StreamService
  private let log: LogID
  private let floor: FloorWriter
  private let lock: LogLock
  /// How long to ask what became of a message before its outcome is called unknown.
  private let patience: Duration
  /// Of this writer; 0: not begun.
  private var epoch: UInt64 = 0
  /// The place of the last message.
  private var last: UInt64 = 0

  init(_ service: any StreamService, log: LogID, floor: FloorWriter, lock: LogLock, patience: Duration) {
    self.service = service
    self.log = log
    self.floor = floor
    self.lock = lock
    self.patience = patience
  }

  func begin(after recovered: RecoveredEnd, epoch: UInt64) throws(SinkError) {
    self.epoch = epoch
    last = UInt64(max(1, recovered.end.position.offset)) - 1
    // From here on the writer before can store nothing: the place that it expects is taken.
    try store(FloorFile(Floor(log: log, head: recovered.head, epoch: epoch)).encoded)
    try noteFloor(recovered.head, isDurable: true)
  }

  func append(_ frame: EncodedFrame, after head: ChainHead) throws(SinkError) {
    guard frame.bytes.count <= service.largestMessage else {
      throw .full(
        FileError(
          operation: "store a frame in", path: service.name, code: EMSGSIZE,
          reason: "it has \(frame.bytes.count) bytes, and the servers take \(service.largestMessage) (max_payload):"
            + " raise that to 20MB, or send smaller batches"))
    }
    try store(frame.bytes)
  }

  private static let pause = Duration.milliseconds(100)

  /// Returns when the message stands behind the last one.
  private func store(_ bytes: [UInt8]) throws(SinkError) {
    let place = last + 1
    let start = ContinuousClock.now
    var isFirst = true
    var doubt = ""
    repeat {
      switch service.publish(bytes, expecting: last) {
      case .stored(place):
        last = place
        return
      case .stored(let other): doubt = "the stream says that it stands at place \(other) instead of \(place)"
      case .silent(let what): doubt = what
      case .refused(let what, let isFull):
        doubt = what
        // Nothing of it can still be on its way.
        if isFull, isFirst, try readBack(bytes, at: place) == .absent {
          throw .full(FileError(operation: "store a frame in", path: service.name, code: ENOSPC, reason: what))
        }
      }
      isFirst = false
      switch try readBack(bytes, at: place) {
      case .mine:
        last = place
        return
      // The same again, with the same expectation: the stream takes one of them at most.
      case .absent: break
      case .unknown(let what): doubt = what
      }
      service.pause(for: StreamSink.pause)
    } while .now - start < patience
    throw .unknownOutcome("the stream \(service.name) did not say whether it has message \(place): \(doubt)")
  }

  private enum Found: Equatable {
    case mine
    case absent
    case unknown(String)
  }

  /// - Throws: ``SinkError/deposed(_:)`` if another's message stands there.
  private func readBack(_ bytes: [UInt8], at place: UInt64) throws(SinkError) -> Found {
    let found: StreamMessage?
    do throws(StreamFault) { found = try service.message(atOrAfter: place) } catch {
      return .unknown(error.description)
    }
    guard let found else { return .absent }
    if found.sequence == place, found.bytes == bytes { return .mine }
    throw deposed(by: found)
  }

  private func deposed(by message: StreamMessage) -> SinkError {
    var who = ""
    if case .claim(let claim)? = try? StreamRecord(message, log: log) { who = " (it has claimed epoch \(claim.epoch))" }
    return .deposed(
      "another writer has the log \(service.name)\(who): message \(message.sequence) is not this one's, which had epoch"
        + " \(epoch); what was in flight has an unknown outcome, ask again by id")
  }

  func checkClaim() throws(SinkError) {
    let next: StreamMessage?
    do throws(StreamFault) {
      let service = PatientService(service: service, patience: patience)
      next = try service.message(atOrAfter: last + 1)
    } catch {
      throw .unknownOutcome("the stream \(service.name) does not say who has the log: \(error)")
    }
    if let next { throw deposed(by: next) }
  }

  func noteFloor(_ head: ChainHead, isDurable: Bool) throws(SinkError) {
    do throws(FileError) {
      try floor.write(Floor(log: log, head: head, epoch: epoch), isDurable: isDurable)
    } catch {
      throw SinkError(error)
    }
  }

  func close() { lock.unlock() }
}
