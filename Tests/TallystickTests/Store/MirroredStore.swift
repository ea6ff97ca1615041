@testable import Tallystick

/// Two stores that hold the same frames: a frame is durable when both have it. A rehearsal for replication.
struct MirroredStore<First: WritableStore, Second: WritableStore>: WritableStore {
  let first: First
  let second: Second

  var derived: LogDirectory { first.derived }
  var files: any FileSystem { first.files }
  func source() throws(LogError) -> any FrameSource { try first.source() }
  func floor() throws(FloorError) -> Floor? { try first.floor() }

  func claim(_ source: any FrameSource, wait: Duration) throws(ClaimError) -> any FrameSink {
    let other: any FrameSource
    do throws(LogError) { other = try second.source() } catch {
      throw .file(FileError(operation: "open the mirror", path: "mirror", code: 0, reason: error.description))
    }
    return MirroredSink(
      try first.claim(source, wait: wait), try second.claim(other, wait: wait), source: source, mirror: other)
  }
}

private final class MirroredSink: FrameSink {
  private let sinks: [any FrameSink]
  private let source: any FrameSource
  private let mirror: any FrameSource

  init(_ first: any FrameSink, _ second: any FrameSink, source: any FrameSource, mirror: any FrameSource) {
    sinks = [first, second]
    self.source = source
    self.mirror = mirror
  }

  /// What the first has and the second lacks is brought to the second: recovery has read the first.
  func begin(after recovered: RecoveredEnd, epoch: UInt64) throws(SinkError) {
    try sinks[0].begin(after: recovered, epoch: epoch)
    do throws(LogError) {
      let theirs = try mirror.frames(from: .beginning, showsUnsynced: true)
      let ours = try source.frames(from: .beginning, showsUnsynced: true)
      var last: (Frame, LogPosition)?
      var end = LogEnd(position: .frame(0), tornBytes: 0)
      reading: while true {
        switch try theirs.next() {
        case .frame(let frame, let position):
          guard case .frame(let own, _) = try ours.next(), own.hash == frame.hash else {
            throw LogError.damaged(position, sequence: frame.firstSequence, reason: "the mirror has another history")
          }
          last = (frame, position)
        case .end(let found):
          end = found
          break reading
        }
      }
      do throws(SinkError) {
        try sinks[1].begin(after: RecoveredEnd(head: theirs.head, lastFrame: last, end: end), epoch: epoch)
        while true {
          let head = ours.head
          guard case .frame(let frame, _) = try nextFrame(ours) else { break }
          try sinks[1].append(
            EncodedFrame(bytes: frame.bytes, head: frame.head, firstSequence: frame.firstSequence), after: head)
        }
      } catch {
        throw LogError.damaged(end.position, sequence: theirs.head.nextSequence, reason: error.description)
      }
    } catch {
      throw .unknownOutcome("the mirror cannot be brought to the same: \(error)")
    }
  }

  private func nextFrame(_ reader: any FrameReader) throws(SinkError) -> FrameItem {
    do throws(LogError) { return try reader.next() } catch { throw .unknownOutcome(error.description) }
  }

  func append(_ frame: EncodedFrame, after head: ChainHead) throws(SinkError) {
    for sink in sinks { try sink.append(frame, after: head) }
  }
  func checkClaim() throws(SinkError) { for sink in sinks { try sink.checkClaim() } }
  func noteFloor(_ head: ChainHead, isDurable: Bool) throws(SinkError) {
    for sink in sinks { try sink.noteFloor(head, isDurable: isDurable) }
  }
  func close() { for sink in sinks { sink.close() } }
}
