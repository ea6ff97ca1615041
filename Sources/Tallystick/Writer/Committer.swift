/// Makes frames durable, in order: encodes, appends, syncs, and checks that this is still the writer.
struct Committer {
  private let directory: LogDirectory
  private let files: any FileSystem
  private let lock: LogLock
  private var encoder: FrameEncoder
  private(set) var segment: SegmentWriter
  private(set) var headHash: Digest
  private(set) var lastSequence: UInt64
  private let epoch: UInt64
  /// Whether the last frame has events: nothing yet shows that it was acknowledged.
  private(set) var needsFloor: Bool
  /// The hash that the floor file names; `nil`: not known.
  private var notedHash: Digest?
  /// The floor file does not name the last frame.
  var floorIsBehind: Bool { notedHash != headHash }
  /// Bytes of frames written.
  private(set) var writtenBytes = 0

  init(_ directory: LogDirectory, _ recovery: Recovery, lock: LogLock, options: LogOptions) throws(FileError) {
    self.directory = directory
    files = options.files
    self.lock = lock
    encoder = FrameEncoder(log: recovery.log)
    headHash = recovery.headHash
    lastSequence = recovery.judge.state.lastSequence
    epoch = recovery.epoch + 1
    needsFloor = recovery.lastFrame.map { !$0.frame.isEmpty } ?? false
    // A process that was killed may have named the log or its last segment and not have synced the name.
    for folder in [directory.segments, directory.path, directory.path + "/.."] {
      try options.files.syncDirectory(folder)
    }
    segment = try SegmentWriter(
      directory, log: recovery.log, settings: recovery.settings, at: recovery.end.position, options: options)
    if recovery.end.tornBytes > 0 { try segment.clear(recovery.end.tornBytes) }
    // Only a frame in this segment can be unsynced: a segment gets its name after everything before it is synced.
    if let last = recovery.lastFrame, last.position.segment == recovery.end.position.segment {
      try segment.rewrite(last.frame.bytes, at: last.position)
    }
    // In any case: a writer before may have withdrawn a frame, and the platter have it still. Behind the floor it would
    // look like one that was written without the lock.
    try segment.sync()
    // From here on a frame of an earlier writer is recognised as one that was written without the lock.
    try noteFloor(sync: true)
  }

  /// Returns when the columns (none: an empty frame) are on stable storage.
  mutating func commit(_ columns: EventColumns) throws(FileError) {
    let hash = encoder.encode(columns, previous: headHash, epoch: epoch)
    // Before, so that the frames of a writer that has taken the log away are not overwritten; after, because that may
    // have happened in between: then the floor, which that writer wrote first of all, makes it evident.
    try checkLock()
    try segment.makeRoom(
      for: encoder.bytes.count, firstSequence: columns.firstSequence, previousHash: headHash)
    do throws(FileError) { try segment.append(encoder.bytes) } catch {
      // Nobody was told about it. If this fails, too, a reader may see it until the log is opened again.
      if (try? lock.isHeld()) ?? false { try? segment.withdraw(encoder.bytes.count) }
      throw error
    }
    try checkLock()
    writtenBytes += encoder.bytes.count
    headHash = hash
    lastSequence = columns.nextSequence - 1
    needsFloor = !columns.isEmpty
  }

  /// Throws if another writer has taken the log away.
  func checkLock() throws(FileError) {
    guard try lock.isHeld() else {
      throw FileError(
        operation: LogFailure.keepingTheLock, path: directory.lock, code: 0,
        reason: "the lock file was replaced or removed while the log was being written")
    }
  }

  /// Shows that the last frame was acknowledged: an empty frame after it, and the floor file.
  mutating func writeFloor() throws(FileError) {
    if needsFloor { try commit(EventColumns(firstSequence: lastSequence + 1)) }
    try noteFloor(sync: true)
  }

  /// Rewrites the floor file; one sector, so it is whole or as it was.
  mutating func noteFloor(sync: Bool) throws(FileError) {
    try checkLock()
    let floor = FloorFile(log: encoder.log, sequence: lastSequence, hash: headHash, epoch: epoch).encoded
    if !(try overwriteFloor(floor, sync: sync)) { try makeFloor(floor) }
    notedHash = headHash
  }

  /// False if there is none of a floor's size.
  private func overwriteFloor(_ floor: [UInt8], sync: Bool) throws(FileError) -> Bool {
    guard try files.identity(of: directory.floor) != nil else { return false }
    let file = try files.open(directory.floor, .readWrite)
    defer { file.close() }
    guard try file.size() == floor.count else { return false }
    try file.write(floor, at: 0)
    if sync { try file.sync() }
    return true
  }

  /// The first floor comes under another name: a power loss must not leave a file with its length and not its bytes,
  /// which would look damaged.
  private func makeFloor(_ floor: [UInt8]) throws(FileError) {
    if try files.identity(of: directory.nextFloor) != nil { try files.remove(directory.nextFloor) }
    let file = try files.open(directory.nextFloor, .create)
    defer { file.close() }
    try file.write(floor, at: 0)
    try file.sync()
    try files.rename(directory.nextFloor, to: directory.floor)
    try files.syncDirectory(directory.path)
  }

  func close() {
    segment.close()
    lock.unlock()
  }
}
