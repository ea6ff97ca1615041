/// Appends frames to the active segment, in space that is written and synced beforehand: overwriting a written block
/// costs half of what growing a file does.
struct SegmentWriter {
  private let directory: LogDirectory
  private let files: any FileSystem
  private let settings: LogSettings
  private let log: LogID
  private let isDurable: Bool
  private let firstAllocation: Int
  private var file: any LogFile
  private(set) var segment: UInt64
  /// Where the next frame goes.
  private(set) var offset: Int
  /// Bytes of the file, written and synced.
  private var allocated: Int

  private static let zeros = [UInt8](repeating: 0, count: 1 << 20)

  /// Goes on in an existing segment.
  init(
    _ directory: LogDirectory, log: LogID, settings: LogSettings, at position: LogPosition, options: LogOptions
  ) throws(FileError) {
    self.directory = directory
    files = options.files
    self.log = log
    self.settings = settings
    isDurable = options.isDurable
    firstAllocation = options.firstAllocation
    file = try files.open(directory.segment(position.segment), .readWrite)
    segment = position.segment
    offset = position.offset
    allocated = try file.size()
  }

  /// Makes the first segment of a new log.
  static func createFirst(
    _ directory: LogDirectory, files: any FileSystem, log: LogID, settings: LogSettings, allocating bytes: Int
  ) throws(FileError) {
    _ = try create(
      directory, files: files, allocating: bytes,
      SegmentHeader(log: log, firstSequence: 1, previousHash: .zero, settings: settings))
  }

  /// Makes a segment under another name, syncs it, and only then gives it its name.
  private static func create(
    _ directory: LogDirectory, files: any FileSystem, allocating bytes: Int, _ header: SegmentHeader
  ) throws(FileError) -> any LogFile {
    if try files.identity(of: directory.spareSegment) != nil { try files.remove(directory.spareSegment) }
    let file = try files.open(directory.spareSegment, .create)
    try file.write(header.encoded, at: 0)
    try file.write([UInt8](repeating: 0, count: bytes - Limits.segmentHeaderBytes), at: Limits.segmentHeaderBytes)
    try file.sync()
    try files.rename(directory.spareSegment, to: directory.segment(header.firstSequence))
    try files.syncDirectory(directory.segments)
    try files.syncDirectory(directory.path)
    return file
  }

  /// Makes room for a frame: begins a new segment, or writes more space ahead, if it must.
  ///
  /// - Parameters:
  ///   - firstSequence: the frame's.
  ///   - previousHash: of the frame before it; begins a new segment's header if one is due.
  mutating func makeRoom(for count: Int, firstSequence: UInt64, previousHash: Digest) throws(FileError) {
    if offset + count > settings.segmentSize, offset > Limits.segmentHeaderBytes, firstSequence > segment {
      try rotate(firstSequence: firstSequence, previousHash: previousHash)
    }
    if offset + count > allocated { try extend(for: count) }
  }

  /// Writes a frame for which there is room, and returns when it is on stable storage.
  mutating func append(_ frame: [UInt8]) throws(FileError) {
    try file.write(frame, at: offset)
    if isDurable { try file.sync() }
    offset += frame.count
  }

  /// Overwrites a frame whose ``append(_:)`` failed.
  ///
  /// A failed sync leaves in the page cache, marked clean, what the platter may not have: a reader's own sync would then
  /// succeed, and a power loss take what the reader had shown.
  func withdraw(_ count: Int) throws(FileError) {
    try file.write([UInt8](repeating: 0, count: count), at: offset)
  }

  /// Doubles the written space, so that its cost is spread over what it holds.
  private mutating func extend(for count: Int) throws(FileError) {
    let needed = offset + count
    var size = max(allocated, firstAllocation)
    while size < needed { size *= 2 }
    size = max(needed, min(size, settings.segmentSize))
    var at = allocated
    while at < size {
      let length = min(SegmentWriter.zeros.count, size - at)
      try SegmentWriter.zeros.withBytes(length) { (bytes) throws(FileError) in try file.write(bytes, at: at) }
      at += length
    }
    try file.sync()
    allocated = size
  }

  /// Seals the segment (it ends where its last frame ends) and begins the next.
  private mutating func rotate(firstSequence: UInt64, previousHash: Digest) throws(FileError) {
    try file.truncate(to: offset)
    try file.sync()
    let next = try SegmentWriter.create(
      directory, files: files, allocating: firstAllocation,
      SegmentHeader(log: log, firstSequence: firstSequence, previousHash: previousHash, settings: settings))
    file.close()
    file = next
    segment = firstSequence
    offset = Limits.segmentHeaderBytes
    allocated = firstAllocation
  }

  /// Writes the frame before the present position again: having read it back proved nothing about the disk.
  func rewrite(_ frame: [UInt8], at position: LogPosition) throws(FileError) {
    try file.write(frame, at: position.offset)
  }

  /// Overwrites the remains of a frame that was never acknowledged, so that they can never be read again.
  func clear(_ count: Int) throws(FileError) {
    try file.write([UInt8](repeating: 0, count: min(count, max(0, allocated - offset))), at: offset)
  }

  /// Returns when what was written, by whom ever, is on stable storage.
  func sync() throws(FileError) { try file.sync() }

  func close() { file.close() }
}

extension [UInt8] {
  fileprivate func withBytes(
    _ count: Int, _ body: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    let result: Result<Void, FileError> = withUnsafeBytes { raw in
      do throws(FileError) {
        return .success(try body(UnsafeRawBufferPointer(rebasing: raw[0..<count])))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }
}
