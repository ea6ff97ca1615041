/// Reads the frames of a log's segments in order and checks that they form one chain.
///
/// Needs no lock and writes nothing. It works on a log that is being written. One thread at a time.
package final class FrameStream: FrameReader {
  package let directory: LogDirectory
  package let log: LogID
  package let settings: LogSettings
  package private(set) var position: LogPosition
  package private(set) var head: ChainHead

  /// What leads to the next frame is not known: its own word is taken for it.
  private var trustsNextFrame: Bool
  private let files: any FileSystem
  private let showsUnsyncedFrames: Bool
  private var segments: [UInt64]
  private var reader: SegmentReader
  /// Memory of frames given back.
  private var spares: [[UInt8]] = []
  private static let mostSpares = 64
  /// The memory of larger frames is not kept: 64 of the largest would be a gigabyte.
  private static let largestSpare = 1 << 17

  /// - Parameter showsUnsyncedFrames: true for a writer's recovery, which makes the last frame durable itself. Every other
  ///     reader syncs the last frame's segment before it shows it, or stops one frame earlier.
  package init(
    _ directory: LogDirectory, files: any FileSystem, startingAt start: FrameStart = .beginning,
    showsUnsyncedFrames: Bool = false
  ) throws(LogError) {
    self.directory = directory
    self.files = files
    self.showsUnsyncedFrames = showsUnsyncedFrames
    segments = try directory.listSegments(files)
    guard let first = segments.first else {
      throw .notALog(path: directory.path, reason: "it has no segments; `tally init` makes an empty log")
    }
    if first != 1 {
      throw .damaged(
        LogPosition(segment: 1, offset: 0), sequence: 1,
        reason: "the segment \(LogDirectory.segmentName(1)) is missing; restore it from a backup")
    }
    switch start {
    case .beginning:
      position = LogPosition(segment: first, offset: Limits.segmentHeaderBytes)
      head = .empty
      trustsNextFrame = false
    case .place(let place, let sequence):
      guard segments.contains(place.segment) else {
        throw .damaged(place, sequence: sequence, reason: "the segment is missing")
      }
      position = place
      head = ChainHead(nextFrame: 0, lastSequence: max(sequence, 1) - 1, hash: .zero, epoch: 0)
      trustsNextFrame = true
    }
    reader = try SegmentReader(directory, position.segment, files: files)
    log = reader.header.log
    settings = reader.header.settings
    if !trustsNextFrame { try checkHeader() }
  }

  private func checkHeader() throws(LogError) {
    let header = reader.header
    guard header.log == log else {
      throw damaged("the segment belongs to another log (\(header.log))")
    }
    guard header.previous == head else {
      throw damaged("the segment does not continue the one before it: its header names \(header.previous)")
    }
  }

  private func damaged(_ reason: String) -> LogError {
    .damaged(position, sequence: head.nextSequence, reason: reason)
  }

  private var isLastSegment: Bool { position.segment == segments.last }

  package func next() throws(LogError) -> FrameItem {
    while true {
      let flaw: MalformedBytes
      switch try parse(at: position.offset) {
      case .success((let frame, let isFollowed)):
        if !showsUnsyncedFrames, isLastSegment, !isFollowed {
          // Nothing after it proves that its sync has returned: sync it here, or wait.
          do throws(FileError) { try reader.file.sync() } catch {
            return .end(LogEnd(position: position, tornBytes: 0, hiddenSequence: frame.lastSequence))
          }
        }
        return .frame(frame, try accept(frame))
      case .failure(let error):
        flaw = error
      }
      switch try reactTo(flaw) {
      case .retry: continue
      case .end(let end): return .end(end)
      }
    }
  }

  /// The frame at `offset`, and whether anything stands right behind it.
  private func parse(at offset: Int) throws(LogError) -> Result<(Frame, isFollowed: Bool), MalformedBytes> {
    let bytes: UnsafeRawBufferPointer
    do throws(FileError) { bytes = try reader.bytes(at: offset) } catch { throw .file(error) }
    do throws(MalformedBytes) {
      let frame = try Frame.parse(bytes, log: log, into: spares.popLast() ?? [])
      return .success((frame, bytes.dropFirst(frame.bytes.count).prefix(4).contains { $0 != 0 }))
    } catch {
      return .failure(error)
    }
  }

  package func recycle(_ frame: consuming Frame) {
    if spares.count < FrameStream.mostSpares, frame.bytes.capacity <= FrameStream.largestSpare {
      spares.append(frame.bytes)
    }
  }

  /// Whether a valid frame stands at the position now, when the file is read afresh.
  private func standsAfterAll() throws(LogError) -> Bool {
    reader.forget()
    guard case .success = try parse(at: position.offset) else { return false }
    return true
  }

  /// Checks that `frame` continues the chain, and moves behind it.
  private func accept(_ frame: Frame) throws(LogError) -> LogPosition {
    if !trustsNextFrame {
      guard frame.previousHash == head.hash else {
        throw damaged("the frame names \(frame.previousHash) as its predecessor, which is \(head.hash)")
      }
      guard frame.number == head.nextFrame else {
        throw damaged("the frame has the number \(frame.number) where frame \(head.nextFrame) is due")
      }
    }
    trustsNextFrame = false
    let at = position
    position.offset += frame.bytes.count
    head = frame.head
    return at
  }

  private enum Reaction {
    case retry
    case end(LogEnd)
  }

  /// No valid frame stands at the position: the end, the next segment, a torn tail, or damage?
  private func reactTo(_ flaw: MalformedBytes) throws(LogError) -> Reaction {
    if isLastSegment {
      segments = try directory.listSegments(files)
      if !isLastSegment {
        // The writer has gone on to another segment since; what it left here may have been read too early.
        reader.forget()
        return .retry
      }
      let rest: SegmentReader.Rest
      do throws(FileError) { rest = try reader.rest(after: position.offset, log: log) } catch { throw .file(error) }
      switch rest {
      case .zeros:
        // The window may hold zeros that a writer overwrites from now on: the next call must read afresh.
        reader.forget()
        return .end(LogEnd(position: position, tornBytes: 0))
      case .remains(let count):
        // They may be a frame that came after the window was read.
        if try standsAfterAll() { return .retry }
        reader.forget()
        return .end(LogEnd(position: position, tornBytes: count))
      case .frame(let offset):
        // A writer may have completed the frame here and written the next while this reader looked.
        if try standsAfterAll() { return .retry }
        throw damaged("what stands there \(flaw), and a valid frame follows at byte \(offset)")
      case .lookalikes:
        if try standsAfterAll() { return .retry }
        throw damaged("what stands there \(flaw), and too much follows that looks like frames: it was made so")
      }
    }
    guard try endsHere() else {
      if try standsAfterAll() { return .retry }
      throw damaged("what stands there \(flaw), in a sealed segment")
    }
    guard let index = segments.firstIndex(of: position.segment), index + 1 < segments.count else {
      throw damaged("the segment is no longer listed")
    }
    let following = segments[index + 1]
    guard following == head.nextSequence else {
      throw damaged("the segment ends before event \(head.nextSequence), and the next begins with event \(following)")
    }
    reader = try SegmentReader(directory, following, files: files)
    position = LogPosition(segment: following, offset: Limits.segmentHeaderBytes)
    try checkHeader()
    return .retry
  }

  /// Whether nothing follows the position in a sealed segment but prepared space that was not cut off yet.
  private func endsHere() throws(LogError) -> Bool {
    do throws(FileError) { return try reader.isUnused(from: position.offset, log: log) } catch { throw .file(error) }
  }
}
