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
      let path = directory.segment(segment)
      do throws(FileError) { try table.extend(path, files, to: isSealed ? .max : sequence) } catch {
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
  fileprivate mutating func extend(_ path: String, _ files: any FileSystem, to last: UInt64) throws(FileError) {
    // The last one may have been looked at while it was being written.
    let begin = frames.popLast()
    let file = try files.open(path, .read)
    defer { file.close() }
    var offset = begin?.offset ?? Limits.segmentHeaderBytes
    var headers = FrameHeaders(file)
    while let extent = try headers.extent(at: offset) {
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

/// Reads the headers of frames that follow each other: of small ones many at a time, of large ones no more than the
/// headers. (With a call for each, the 190,000 frames of some dozens of orders in a segment of 64 MiB took 100 ms.)
private struct FrameHeaders {
  private static let windowBytes = 1 << 18
  /// Above it, what lies between the headers is not worth reading.
  private static let smallBytes = 4096

  private let file: any LogFile
  private var window: [UInt8] = []
  private var start = 0
  private var lastLength = 0

  init(_ file: any LogFile) { self.file = file }

  /// What the header at an offset says; `nil`: no frame begins there.
  mutating func extent(at offset: Int) throws(FileError) -> Frame.Extent? {
    if offset < start || offset + Frame.peekBytes > start + window.count {
      start = offset
      let count = lastLength < FrameHeaders.smallBytes ? FrameHeaders.windowBytes : Frame.peekBytes
      window = try file.bytes(at: offset, count: count)
    }
    let place = offset - start
    let extent = window.withUnsafeBytes { try? Frame.extent(UnsafeRawBufferPointer(rebasing: $0[place...])) }
    lastLength = extent?.length ?? 0
    return extent
  }
}
