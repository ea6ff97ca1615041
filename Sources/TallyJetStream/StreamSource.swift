import TallyFormat

/// The frames of a log that a stream keeps. Every look is a question to the stream's leader, so that what was
/// acknowledged is seen; a message that only some of the replicas have is never shown.
final class StreamSource: FrameSource {
  let log: LogID
  let settings: LogSettings
  private let service: PatientService

  /// - Throws: `LogError.notALog` if the stream does not begin like a log, `LogError.damaged` if its beginning is gone.
  init(_ service: PatientService) throws(LogError) {
    self.service = service
    let name = service.service.name
    let first: StreamMessage?
    let last: UInt64
    do throws(StreamFault) {
      first = try service.message(atOrAfter: 1)
      last = first == nil ? try service.lastSequence() : 0
    } catch {
      throw LogError(error, reading: name)
    }
    guard let first, first.sequence == 1 else {
      let gone = first.map { $0.sequence - 1 } ?? last
      if gone == 0 { throw .notALog(path: name, reason: "the stream is empty; `tally init` makes an empty log of it") }
      throw .damaged(
        StreamReader.position(1), sequence: 1,
        reason:
          "messages 1 to \(gone) of \(name) are gone: somebody has purged or shortened the stream; restore a backup")
    }
    do throws(MalformedBytes) {
      guard case .opening(let header) = try StreamRecord(first, log: nil) else {
        throw MalformedBytes("is no beginning of a log")
      }
      log = header.log
      settings = header.settings
    } catch {
      throw .notALog(path: name, reason: "its first message \(error)")
    }
  }

  var name: String { service.service.name }

  func frames(from start: FrameStart, showsUnsynced: Bool) throws(LogError) -> any FrameReader {
    StreamReader(service, log: log, from: start)
  }

  /// Some 20 questions for a million messages: halves what is left.
  func position(ofEvent sequence: UInt64) throws(LogError) -> LogPosition {
    do throws(StreamFault) {
      // What begins at or before `low` has the event or comes before it; nothing from `high` on has it.
      var (low, high) = (UInt64(1), try service.lastSequence() + 1)
      var found: LogPosition?
      while high - low > 1 {
        let middle = low + (high - low) / 2
        guard let (place, extent) = try firstFrame(from: middle, before: high), extent.firstSequence <= sequence else {
          high = middle
          continue
        }
        if extent.count > 0 { found = StreamReader.position(place) }
        low = place
      }
      if let found { return found }
    } catch {
      throw LogError(error, reading: name)
    }
    throw .damaged(StreamReader.position(2), sequence: sequence, reason: "the stream \(name) does not hold the event")
  }

  /// The first message of a range that looks like a frame with events.
  private func firstFrame(
    from start: UInt64, before end: UInt64
  ) throws(StreamFault) -> (place: UInt64, extent: Frame.Extent)? {
    var next = start
    while next < end, let message = try service.message(atOrAfter: next), message.sequence < end {
      if let extent = Frame.peek(Array(message.bytes.prefix(Frame.peekBytes))), extent.count > 0 {
        return (message.sequence, extent)
      }
      next = message.sequence + 1
    }
    return nil
  }

  func parts() throws(LogError) -> [StorePart] {
    do throws(StreamFault) {
      return [
        StorePart(name: name, firstSequence: 1, bytes: try service.ask { s throws(StreamFault) in try s.bytes() })
      ]
    } catch {
      throw LogError(error, reading: name)
    }
  }

  /// Between looks: a stream tells of nothing by itself.
  private static let pollInterval = Duration.milliseconds(50)

  func waitForMore(than head: ChainHead, atMost timeout: Duration) {
    service.service.pause(for: min(timeout, StreamSource.pollInterval))
  }
}
