/// Where a log's segments are made, and how.
struct SegmentPlace: Sendable {
  let directory: LogDirectory
  let files: any FileSystem
  let log: LogID
  let settings: LogSettings
  /// Bytes that a new segment is written ahead.
  let firstAllocation: Int
  let isDurable: Bool
  let runsInline: Bool
  /// The writer's: what is written ahead must not get into the way of another that has taken the log away.
  let lock: LogLock

  /// A segment's file, and how many bytes of it are written and synced.
  struct Segment: Sendable {
    var file: any LogFile
    var allocated: Int
  }

  /// Makes a file of a segment's beginnings under another name; what stood there is gone.
  func makeSpare() throws(FileError) -> any LogFile {
    if try files.identity(of: directory.spareSegment) != nil { try files.remove(directory.spareSegment) }
    return try files.open(directory.spareSegment, .create)
  }

  /// Makes a segment.
  ///
  /// - Parameters:
  ///   - head: the chain before its first frame.
  ///   - spare: made by ``makeSpare()``, with zeros written ahead; `nil`: it is made here.
  /// - Throws: ``SinkError/deposed(_:)`` if its name has been given to another file.
  func create(after head: ChainHead, from spare: Segment? = nil) throws(SinkError) -> Segment {
    let header = SegmentHeader(log: log, after: head, settings: settings)
    let path = directory.segment(header.firstSequence)
    do throws(FileError) {
      let segment = try name(header, path, from: spare)
      // Another writer may have put its own file there meanwhile: frames must not go into one that has no name.
      if try files.identity(of: path) == segment.file.identity() {
        try files.syncDirectory(directory.segments)
        try files.syncDirectory(directory.path)
        return segment
      }
    } catch {
      throw SinkError(error)
    }
    throw .deposed("cannot begin the segment \(path): another file has its name: another writer has the log")
  }

  /// Gives a file that holds the header and space behind it the segment's name.
  private func name(_ header: SegmentHeader, _ path: String, from spare: Segment?) throws(FileError) -> Segment {
    var segment: Segment
    if let spare { segment = spare } else { segment = Segment(file: try makeSpare(), allocated: 0) }
    if segment.allocated < firstAllocation {
      try Zeros.write(to: segment.file, segment.allocated..<firstAllocation)
      segment.allocated = firstAllocation
    }
    try segment.file.write(header.encoded, at: 0)
    // Only what is synced gets the name, and only after everything before it.
    try segment.file.sync()
    try files.rename(directory.spareSegment, to: path)
    return segment
  }
}

/// Zeros for files.
enum Zeros {
  private static let piece = [UInt8](repeating: 0, count: 1 << 20)

  static func write(to file: any LogFile, _ range: Range<Int>) throws(FileError) {
    var at = range.lowerBound
    while at < range.upperBound {
      let count = min(piece.count, range.upperBound - at)
      let result: Result<Void, FileError> = piece.withUnsafeBytes { raw in
        do throws(FileError) {
          return .success(try file.write(UnsafeRawBufferPointer(rebasing: raw[0..<count]), at: at))
        } catch {
          return .failure(error)
        }
      }
      try result.get()
      at += count
    }
  }
}
