/// Finds the frame that holds an event, through tables of frame offsets that are built segment by segment when needed.
///
/// One thread at a time.
final class FrameLocator {
  private let directory: LogDirectory
  private let files: any FileSystem
  private var segments: [UInt64] = []
  private var tables: [UInt64: Table] = [:]
  private var cache: [LocatedFrame] = []
  private let decompressor = LZ4Decompressor()
  private static let cachedFrames = 8

  /// Where the frames of a segment begin, as far as it has been looked through.
  private struct Table {
    var frames: [(first: UInt64, offset: Int)] = []
    /// Nothing can follow: the segment was sealed when it was looked through.
    var isComplete = false
  }

  init(_ directory: LogDirectory, files: any FileSystem) {
    self.directory = directory
    self.files = files
  }

  /// The frame that holds `sequence`.
  ///
  /// - Throws: ``TallyError`` if the log does not hold it or cannot be read there.
  func frame(holding sequence: UInt64) throws(TallyError) -> LocatedFrame {
    let position = try position(of: sequence)
    let located = try frame(at: position, sequence)
    // The tables come from unchecked headers: a frame that does not hold the event must not pass for one in which the
    // name is not.
    guard located.row(at: sequence) != nil else {
      throw .log(.damaged(position, sequence: sequence, reason: "the frame that holds the event is not there"))
    }
    return located
  }

  private func frame(at position: LogPosition, _ sequence: UInt64) throws(TallyError) -> LocatedFrame {
    if let hit = cache.first(where: { $0.position == position }) { return hit }
    do throws(LogError) {
      let stream = try FrameStream(
        directory, files: files,
        startingAt: .init(position: position, previousHash: nil, nextSequence: sequence), showsUnsyncedFrames: true)
      guard case .frame(let frame, _) = try stream.next() else {
        throw .damaged(position, sequence: sequence, reason: "the frame is no longer there")
      }
      do throws(MalformedBytes) {
        let located = LocatedFrame(position: position, columns: try decompressor.columns(of: frame))
        if cache.count >= FrameLocator.cachedFrames { cache.removeFirst() }
        cache.append(located)
        return located
      } catch {
        throw .damaged(position, sequence: sequence, reason: "the frame \(error)")
      }
    } catch {
      throw .log(error)
    }
  }

  /// Where the frame begins that holds `sequence`.
  func position(of sequence: UInt64) throws(TallyError) -> LogPosition {
    do throws(LogError) {
      if segments.isEmpty || sequence >= (segments.last ?? 0) { segments = try directory.listSegments(files) }
      guard let segment = segments.last(where: { $0 <= sequence }) else {
        throw .notALog(path: directory.path, reason: "it holds no event \(sequence)")
      }
      var table = tables[segment] ?? Table()
      // The table of a segment that was the last one grows with it, for the last time when it has been sealed.
      if !table.isComplete, (table.frames.last?.first ?? 0) <= sequence {
        let isSealed = segment != segments.last
        table.frames = try scan(segment, table.frames, to: isSealed ? .max : sequence)
        table.isComplete = isSealed
        tables[segment] = table
      }
      let frames = table.frames
      var low = 0
      var high = frames.count
      while low < high {
        let middle = (low + high) / 2
        if frames[middle].first <= sequence { low = middle + 1 } else { high = middle }
      }
      guard low > 0 else {
        throw .damaged(
          LogPosition(segment: segment, offset: 0), sequence: sequence, reason: "it does not hold the event")
      }
      return LogPosition(segment: segment, offset: frames[low - 1].offset)
    } catch {
      throw .log(error)
    }
  }

  private func scan(
    _ segment: UInt64, _ known: [(first: UInt64, offset: Int)], to last: UInt64
  ) throws(LogError) -> [(first: UInt64, offset: Int)] {
    var table = known
    let begin = table.last.map { LogPosition(segment: segment, offset: $0.offset) }
    if begin != nil { table.removeLast() }
    do throws(FileError) {
      let file = try files.open(directory.segment(segment), .read)
      defer { file.close() }
      var offset = begin?.offset ?? Limits.segmentHeaderBytes
      while let extent = Frame.peek(try file.bytes(at: offset, count: Frame.peekBytes)) {
        if extent.count > 0 {
          table.append((extent.firstSequence, offset))
          if extent.firstSequence + UInt64(extent.count) > last { break }
        }
        offset += extent.length
      }
    } catch {
      throw .file(error)
    }
    return table
  }
}

/// A frame that was looked up, with its rows by number: running an interrupted load again asks for every row of it, and
/// walking there each time would cost the square of the frame.
final class LocatedFrame {
  let position: LogPosition
  let columns: EventColumns
  private let rows: [EventColumns.Row]

  init(position: LogPosition, columns: EventColumns) {
    self.position = position
    self.columns = columns
    var rows = [EventColumns.Row]()
    rows.reserveCapacity(columns.count)
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) { rows.append(row) }
    self.rows = rows
  }

  func row(at sequence: UInt64) -> EventColumns.Row? {
    guard sequence >= columns.firstSequence, sequence - columns.firstSequence < UInt64(rows.count) else { return nil }
    return rows[Int(sequence - columns.firstSequence)]
  }
}
