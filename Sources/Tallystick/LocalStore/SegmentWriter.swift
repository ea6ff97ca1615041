/// Appends frames to the active segment, in space that is written and synced beforehand: overwriting a written block
/// costs half of what growing a file does.
struct SegmentWriter {
  /// Frames after which a writer is taken to stay: then space is prepared ahead of it.
  private static let framesOfVisitors = 16

  private let place: SegmentPlace
  private let preparer: SegmentPreparer
  private var file: any LogFile
  private(set) var segment: UInt64
  /// Where the next frame goes.
  private(set) var offset: Int
  /// Bytes of the file that are known to be written and synced.
  private var allocated: Int
  private var frames = 0

  /// Goes on in an existing segment.
  init(_ place: SegmentPlace, at position: LogPosition) throws(FileError) {
    self.place = place
    file = try place.files.open(place.directory.segment(position.segment), .readWrite)
    segment = position.segment
    offset = position.offset
    allocated = try file.size()
    preparer = SegmentPreparer(place)
    preparer.begin(allocated: allocated)
  }

  /// Makes room for a frame: begins a new segment, or writes more space ahead, if it must.
  ///
  /// - Parameters:
  ///   - firstSequence: the frame's.
  ///   - head: of the frame before it; begins a new segment's header if one is due.
  mutating func makeRoom(for count: Int, firstSequence: UInt64, after head: ChainHead) throws(SinkError) {
    do throws(FileError) { try preparer.check() } catch { throw SinkError(error) }
    if offset + count > place.settings.segmentSize, offset > Limits.segmentHeaderBytes, firstSequence > segment {
      try rotate(after: head)
    }
    if offset + count > allocated { allocated = preparer.wait(for: offset + count) }
    if offset + count > allocated {
      do throws(FileError) { try extend(for: count) } catch { throw SinkError(error) }
    }
  }

  /// Writes a frame for which there is room, and returns when it is on stable storage.
  mutating func append(_ frame: [UInt8]) throws(FileError) {
    try file.write(frame, at: offset)
    if place.isDurable {
      try file.sync()
      try preparer.check()
    }
    offset += frame.count
    frames += 1
  }

  /// Has space prepared ahead, if it will be needed soon. Costs a comparison, as long as it will not.
  mutating func prepareAhead() {
    guard frames >= SegmentWriter.framesOfVisitors || place.runsInline, offset > allocated / 2 else { return }
    allocated = preparer.allocated
    if allocated < place.settings.segmentSize {
      if offset > allocated / 2 { preparer.extend(segment, to: min(2 * allocated, place.settings.segmentSize)) }
    } else if offset > place.settings.segmentSize / 2 {
      preparer.makeSpare(of: place.settings.segmentSize)
    }
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
    var size = max(allocated, place.firstAllocation)
    while size < needed { size *= 2 }
    size = max(needed, min(size, place.settings.segmentSize))
    try Zeros.write(to: file, allocated..<size)
    try file.sync()
    allocated = size
    preparer.begin(allocated: size)
  }

  /// Seals the segment (it ends where its last frame ends) and begins the next.
  ///
  /// The frame that meets the change waits for three syncs, two of them in a row, before its own. It must wait for the
  /// name's, too: a reader could show a frame that a power loss leaves without a name.
  private mutating func rotate(after head: ChainHead) throws(SinkError) {
    let spare = preparer.takeSpare()
    do throws(FileError) {
      try file.truncate(to: offset)
      preparer.seal(file)
      let next = try place.begin(after: head, from: spare)
      file = next.file
      allocated = next.allocated
      try preparer.finishSealing()
    } catch {
      throw SinkError(error)
    }
    try place.giveName(to: file, first: head.nextSequence)
    segment = head.nextSequence
    offset = Limits.segmentHeaderBytes
    preparer.begin(allocated: allocated)
  }

  /// Writes the frame before the present position again: having read it back proved nothing about the disk.
  func rewrite(_ frame: [UInt8], at position: LogPosition) throws(FileError) {
    try file.write(frame, at: position.offset)
  }

  /// Overwrites the remains of a frame that was never acknowledged, so that they can never be read again.
  func clear(_ count: Int) throws(FileError) {
    try Zeros.write(to: file, offset..<(offset + min(count, max(0, allocated - offset))))
  }

  /// Returns when what was written, by whom ever, is on stable storage.
  func sync() throws(FileError) { try file.sync() }

  func close() {
    preparer.close()
    file.close()
  }
}
