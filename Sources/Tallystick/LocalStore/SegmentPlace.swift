import Glibc

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

  /// Fills what a segment's first frames need with zeros, and makes the file one that a power loss leaves there.
  func prepare(_ spare: inout Segment) throws(FileError) {
    if spare.allocated < firstAllocation {
      try Zeros.write(to: spare.file, spare.allocated..<firstAllocation)
      try spare.file.sync()
      spare.allocated = firstAllocation
    }
    try files.syncDirectory(directory.path)
  }

  /// Makes the log's first segment.
  func makeFirst() throws(FileError) {
    let file = try makeSpare()
    defer { file.close() }
    try Zeros.write(to: file, 0..<firstAllocation)
    let header = SegmentHeader(log: log, after: .empty, settings: settings)
    try file.write(header.encoded, at: 0)
    // Only what is synced gets the name.
    try file.sync()
    try files.rename(directory.spareSegment, to: directory.segment(header.firstSequence))
    try files.syncDirectory(directory.segments)
    try files.syncDirectory(directory.path)
  }

  /// Gives the spare file, with a header and frames that are synced, its name as a segment as well. The name is not
  /// durable yet: until ``settle(_:)``, a power loss leaves the segment at one name or both.
  ///
  /// - Parameter spare: the file as it was opened; closed if this succeeds.
  /// - Returns: the file under its name; `nil`: another file has the name, because another writer has the log.
  func name(_ spare: any LogFile, _ firstSequence: UInt64) throws(FileError) -> (any LogFile)? {
    let path = directory.segment(firstSequence)
    do throws(FileError) { try files.link(directory.spareSegment, to: path) } catch {
      if error.code == EEXIST { return nil }
      // A file system without links: it pays for the directories at once.
      guard error.code == EPERM || error.code == ENOTSUP || error.code == EMLINK else { throw error }
      try files.rename(directory.spareSegment, to: path)
      try files.syncDirectory(directory.segments)
      try files.syncDirectory(directory.path)
    }
    // By that name, so that the kernel tells readers, who watch the folder of segments, of each write.
    let file = try files.open(path, .readWrite)
    guard try file.identity() == (try spare.identity()) else {
      file.close()
      return nil
    }
    spare.close()
    return file
  }

  /// A segment that another has followed, as long as the other's name is not durable and this one is not cut.
  struct Sealed: Sendable {
    var segment: UInt64
    /// Where its last frame ends.
    var end: Int
    /// The file of the segment that follows.
    var next: FileIdentity
  }

  /// Makes the name of the segment that follows durable, takes its other name away, and cuts the sealed one.
  ///
  /// - Returns: false if another writer has taken the log away: then nothing was done.
  func settle(_ sealed: Sealed) throws(FileError) -> Bool {
    guard try lock.isHeld() else { return false }
    try files.syncDirectory(directory.segments)
    if try files.identity(of: directory.spareSegment) == sealed.next { try files.remove(directory.spareSegment) }
    let file = try files.open(directory.segment(sealed.segment), .readWrite)
    defer { file.close() }
    try file.truncate(to: sealed.end)
    try file.sync()
    return true
  }

  /// Does what a writer that was killed has left to do at the end of the log.
  ///
  /// - Parameter last: the segment that holds the end of the log; has its name afterwards.
  func settleRemains(before last: UInt64) throws(FileError) {
    if let spare = try UnnamedSegment(directory, files, .readWrite) {
      defer { spare.file.close() }
      if case .segment(let header) = spare.contents, header.firstSequence == last,
        try files.identity(of: directory.segment(last)) == nil
      {
        // Having read it proved nothing about the disk.
        try spare.file.write(header.encoded, at: 0)
        try spare.file.sync()
        try name(spare.file, last)?.close()
        try files.syncDirectory(directory.segments)
      }
      if try files.identity(of: directory.spareSegment) != nil { try files.remove(directory.spareSegment) }
    }
    let names: [UInt64]
    do throws(LogError) { names = try directory.listSegments(files) } catch {
      throw FileError(operation: "list", path: directory.segments, code: 0, reason: "\(error)")
    }
    if let sealed = names.last(where: { $0 < last }) { try SealedEnd.cut(sealed, log, directory, files) }
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
