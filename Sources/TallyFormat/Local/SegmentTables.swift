/// Where the frames of each segment begin: built when needed, from what frames say of themselves, unchecked.
struct SegmentTables: Sendable {
  private var segments: [UInt64] = []
  private var tables: [UInt64: Table] = [:]

  /// As far as the segment has been looked through.
  fileprivate struct Table {
    var frames: [(first: UInt64, offset: Int)] = []
    /// Nothing can follow: the segment was sealed when it was looked through.
    var isComplete = false
  }

  mutating func position(
    of sequence: UInt64, _ directory: LogDirectory, _ files: any FileSystem
  ) throws(LogError) -> LogPosition {
    if segments.isEmpty || sequence >= (segments.last ?? 0) { segments = try directory.listSegments(files) }
    guard let segment = segments.last(where: { $0 <= sequence }) else {
      throw .notALog(path: directory.path, reason: "it holds no event \(sequence)")
    }
    var table = tables[segment] ?? Table()
    // The table of a segment that was the last one grows with it, for the last time when it has been sealed.
    if !table.isComplete, (table.frames.last?.first ?? 0) <= sequence {
      let isSealed = segment != segments.last
      do throws(FileError) {
        let file = try directory.openSegment(segment, .read, files)
        defer { file.close() }
        try table.extend(file, to: isSealed ? .max : sequence)
      } catch {
        throw .file(error)
      }
      table.isComplete = isSealed
      tables[segment] = table
    }
    guard let offset = table.offset(of: sequence) else {
      throw .damaged(LogPosition(segment: segment, offset: 0), sequence: sequence, reason: "it does not hold the event")
    }
    return LogPosition(segment: segment, offset: offset)
  }
}

extension SegmentTables.Table {
  /// Looks on from the last frame known, up to the one that holds `last`.
  fileprivate mutating func extend(_ file: any LogFile, to last: UInt64) throws(FileError) {
    // The last one may have been looked at while it was being written.
    let begin = frames.popLast()
    var offset = begin?.offset ?? Limits.segmentHeaderBytes
    while let extent = Frame.peek(try file.bytes(at: offset, count: Frame.peekBytes)) {
      if extent.count > 0 {
        frames.append((extent.firstSequence, offset))
        if extent.firstSequence + UInt64(extent.count) > last { break }
      }
      offset += extent.length
    }
  }

  /// Of the last frame that begins at or before the event.
  fileprivate func offset(of sequence: UInt64) -> Int? {
    var low = 0
    var high = frames.count
    while low < high {
      let middle = (low + high) / 2
      if frames[middle].first <= sequence { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? frames[low - 1].offset : nil
  }
}
