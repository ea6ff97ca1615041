import TallyFormat

/// What a message of a log's stream is: `A log in a stream` in the format document.
enum StreamRecord {
  /// The first message: who the log is, and its settings, as a segment's header says it.
  case opening(SegmentHeader)
  /// A frame, checked against its own hash.
  case frame(Frame)
  /// A writer has opened the log, and frames of earlier epochs behind it count no more: a floor's bytes.
  case claim(Floor)

  /// - Parameters:
  ///   - message: as it stands in the stream.
  ///   - log: of which log a frame must be; `nil`: not known yet, and the log's beginning is expected.
  init(_ message: StreamMessage, log: LogID?) throws(MalformedBytes) {
    // A floor has its own check, so that a frame of the same length is not taken for one.
    if message.bytes.count == FloorFile.length, let claim = try? FloorFile(parsing: message.bytes) {
      self = .claim(claim.floor)
      return
    }
    let parsed = message.bytes.withUnsafeBytes { raw -> Result<StreamRecord, MalformedBytes> in
      do throws(MalformedBytes) {
        guard let log, message.sequence > 1 else {
          guard raw.count == Limits.segmentHeaderBytes else { throw MalformedBytes("is no beginning of a log") }
          return .success(.opening(try SegmentHeader(parsing: raw)))
        }
        let frame = try Frame.parse(raw, log: log)
        guard frame.bytes.count == raw.count else { throw MalformedBytes("has bytes behind the frame") }
        return .success(.frame(frame))
      } catch {
        return .failure(error)
      }
    }
    self = try parsed.get()
  }
}
