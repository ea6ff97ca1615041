import Synchronization
import TallyRESP
import TallyText
import TallyThreads
import Tallystick

/// Questions for which the log is read, each on a thread of its own, few at a time.
final class LogReading: Sendable {
  private let log: TallyLog
  private let running = Atomic<Int>(0)
  /// Each folds the log from a snapshot on: more than these would only wait for each other.
  private static let most = 4
  /// Of one answer, beyond which it ends: the client asks on.
  private static let answerBytes = 4 << 20

  /// There are other logs beside it, and what it alone says is half an answer.
  private let isShard: Bool

  /// Why a question is refused, over Redis's protocol and over HTTP.
  static let onlyOneLog =
    "a shop of several shards is served, and this is a question to one log: read a shard's with tally --log"

  init(_ log: TallyLog, isShard: Bool) {
    self.log = log
    self.isShard = isShard
  }

  /// - Parameter tell: is given the answer as it is sent, on that thread or on the caller's.
  func answer(_ request: StockRequest, version: WireWriter.Version, tell: @escaping @Sendable ([UInt8]) -> Void) {
    if isShard { return tell(LogReading.refusal("UNAVAILABLE \(LogReading.onlyOneLog)")) }
    guard running.wrappingAdd(1, ordering: .relaxed).newValue <= LogReading.most else {
      running.wrappingSubtract(1, ordering: .relaxed)
      return tell(LogReading.refusal("BUSY the log is being read by others; nothing was done, try again"))
    }
    let isStarted = DedicatedThread.start { [self] in
      let bytes = read(request, version)
      running.wrappingSubtract(1, ordering: .relaxed)
      tell(bytes)
    }
    if !isStarted {
      running.wrappingSubtract(1, ordering: .relaxed)
      tell(LogReading.refusal("BUSY the system has no thread left; nothing was done, try again"))
    }
  }

  /// Reads the log for a caller over HTTP.
  ///
  /// - Throws: ``Problem``: too many others read it, or it cannot be read.
  func read<Answer: Sendable>(
    _ work: @escaping @Sendable (LogReader) throws -> Answer
  ) async throws -> Answer {
    guard running.wrappingAdd(1, ordering: .relaxed).newValue <= LogReading.most else {
      running.wrappingSubtract(1, ordering: .relaxed)
      throw Problem(.tooManyRequests, "busy", "the log is being read by others; try again", retryAfter: 1)
    }
    defer { running.wrappingSubtract(1, ordering: .relaxed) }
    let log = log
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Answer, any Error>, Never>) in
      let isStarted = DedicatedThread.start {
        continuation.resume(returning: Result { try work(try log.openReader()) })
      }
      if !isStarted {
        continuation.resume(
          returning: .failure(Problem(.tooManyRequests, "busy", "the system has no thread left", retryAfter: 1)))
      }
    }
    do { return try result.get() } catch let problem as Problem { throw problem } catch {
      throw Problem(.serviceUnavailable, "unavailable", "the log cannot be read: \(error)".printable)
    }
  }

  private static func refusal(_ text: String) -> [UInt8] {
    var writer = WireWriter()
    writer.error(text)
    return writer.bytes
  }

  private func read(_ request: StockRequest, _ version: WireWriter.Version) -> [UInt8] {
    do {
      var found = WireWriter(version)
      var count = 0
      if case .consumers(let asJSON) = request {
        let consumers = try log.consumers()
        found.write(consumers, asJSON: asJSON)
        return found.bytes
      }
      let reader = try log.openReader()
      switch request {
      case .holds(let filter, let most, let asJSON):
        try reader.holds(filter) { hold in
          found.write(hold, asJSON: asJSON)
          count += 1
          return count < most && found.bytes.count < LogReading.answerBytes
        }
      case .events(let from, let most):
        var filter = EventFilter()
        filter.from = from
        try reader.events(filter) { event in
          found.write(event)
          count += 1
          return count < most && found.bytes.count < LogReading.answerBytes
        }
      case .consume(let consumer, let most):
        guard let known = try log.consumers().first(where: { $0.name == consumer }) else {
          return LogReading.refusal(
            "UNKNOWN-CONSUMER there is no consumer \(consumer.description.printable): say where it begins first, with"
              + " STOCK.ACK and a sequence number (0: before the first event)")
        }
        let filter = EventFilter(behind: known.position)
        if known.lag > 0 {
          try reader.events(filter) { event in
            found.write(event)
            count += 1
            return count < most && found.bytes.count < LogReading.answerBytes
          }
        }
      case .command, .level, .reservation, .consumers: break
      }
      var answer = WireWriter(version)
      answer.array(count)
      answer.append(found.bytes)
      return answer.bytes
    } catch let failure as LogFailure {
      return LogReading.refusal(RefusalWords.text(failure))
    } catch {
      return LogReading.refusal("UNAVAILABLE the log cannot be read: \(error)")
    }
  }
}
