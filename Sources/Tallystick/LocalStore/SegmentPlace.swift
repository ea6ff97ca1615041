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
  /// - Throws: as ``giveName(to:first:)``.
  func create(after head: ChainHead) throws(SinkError) {
    let segment: Segment
    do throws(FileError) { segment = try begin(after: head) } catch { throw SinkError(error) }
    try giveName(to: segment.file, first: head.nextSequence)
    do throws(FileError) { try files.syncDirectory(directory.path) } catch { throw SinkError(error) }
  }

  /// A segment's header, and space behind it, on stable storage in a file that has no segment's name yet.
  ///
  /// - Parameters:
  ///   - head: the chain before its first frame.
  ///   - spare: made by ``makeSpare()``, with zeros written ahead; `nil`: it is made here.
  func begin(after head: ChainHead, from spare: Segment? = nil) throws(FileError) -> Segment {
    var segment: Segment
    if let spare { segment = spare } else { segment = Segment(file: try makeSpare(), allocated: 0) }
    if segment.allocated < firstAllocation {
      try Zeros.write(to: segment.file, segment.allocated..<firstAllocation)
      segment.allocated = firstAllocation
    }
    try segment.file.write(SegmentHeader(log: log, after: head, settings: settings).encoded, at: 0)
    try segment.file.sync()
    return segment
  }

  /// Gives a segment that is on stable storage, as everything before it is, its name, and returns when that is, too.
  ///
  /// The directory that the file leaves is not synced: after a power loss it may have both names, and the next writer
  /// removes the other one.
  ///
  /// - Throws: ``SinkError/deposed(_:)`` if its name has been given to another file.
  func giveName(to file: any LogFile, first sequence: UInt64) throws(SinkError) {
    let path = directory.segment(sequence)
    do throws(FileError) {
      // Late, because the name would take the place of another writer's segment, events and all.
      if try lock.isHeld() {
        try files.rename(directory.spareSegment, to: path)
        // Another writer may have put its own file there meanwhile: frames must not go into one that has no name.
        if try files.identity(of: path) == file.identity() { return try files.syncDirectory(directory.segments) }
      }
    } catch {
      throw SinkError(error)
    }
    throw .deposed("cannot begin the segment \(path): another writer has the log")
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
