import TallyFormat
import TallyFuzz
import TallyTestSupport

/// A log taken apart, to be changed and put together again: every hash and check is then right for what it says.
struct LogInParts {
  struct Frame {
    /// Decompressed; nothing: an empty frame.
    var payload: [UInt8]
    /// What stands for the LZ4 frame, if it is not the payload's.
    var compressed: [UInt8]?
    var first: UInt64
    var count: UInt64
    var epoch: UInt64
    /// Added to the frame's number.
    var numberShift: UInt64 = 0
    /// The frame begins a segment of its own.
    var beginsSegment = false
  }

  var log: LogID
  var frames: [Frame] = []
  var floor: [UInt8]
  /// By file name.
  var snapshots: [String: [UInt8]] = [:]
  /// Changes the header of a segment, by its place among the segments.
  var headers: [Int: @Sendable (inout SegmentHeader) -> Void] = [:]

  static let id = LogID(bytes: Array(0..<16)) ?? LogID(bytes: [UInt8](repeating: 0, count: 16))!

  /// One empty frame, and nothing beside it.
  static let empty = LogInParts(frames: [Frame(payload: [], first: 1, count: 0, epoch: 1)])

  private init(frames: [Frame]) {
    log = LogInParts.id
    self.frames = frames
    floor = []
  }

  /// - Parameter path: of a log with one segment.
  init(of path: String) throws {
    let files = LocalFileSystem()
    let directory = LogDirectory(path)
    let stream = try FrameStream(directory, files: files)
    log = stream.log
    let decompressor = LZ4Decompressor()
    while case .frame(let frame, _) = try stream.next() {
      let payload =
        try frame.isEmpty
        ? []
        : frame.withPayload { try decompressor.withDecompressed($0, maximum: Limits.maxPayloadBytes) { Array($0) } }
      frames.append(
        Frame(payload: payload, first: frame.firstSequence, count: UInt64(frame.count), epoch: frame.epoch))
    }
    floor = try files.contents(of: directory.floor, maximum: 1 << 10) ?? []
    for sequence in try directory.listSnapshots(files) {
      let name = String(directory.snapshot(sequence).dropFirst(directory.snapshots.count + 1))
      snapshots[name] = try files.contents(of: directory.snapshot(sequence), maximum: 1 << 20)
    }
  }

  /// Writes the log, its segments as they come.
  ///
  /// - Parameter edit: may change each segment's bytes before it is written; it is told whether more follow.
  func write(to path: String, edit: (inout [UInt8], _ isLast: Bool) -> Void = { _, _ in }) throws {
    let directory = LogDirectory(path)
    let files = LocalFileSystem()
    try files.makeDirectory(directory.segments)
    var head = ChainHead.empty
    var segments: [(name: UInt64, bytes: [UInt8])] = []
    for (index, frame) in frames.enumerated() {
      // Empty frames leave the number where it is: the segment goes on.
      let isNew = !segments.contains { $0.name == head.nextSequence }
      if index == 0 || frame.beginsSegment && isNew {
        var header = SegmentHeader(log: log, after: head, settings: LogSettings())
        headers[segments.count]?(&header)
        segments.append((head.nextSequence, header.encoded))
      }
      var made = HandMadeFrame(
        frame.payload, number: head.nextFrame &+ frame.numberShift, first: frame.first, count: frame.count,
        epoch: frame.epoch, previous: head.hash, log: log)
      if let compressed = frame.compressed {
        made = HandMadeFrame(
          compressed: compressed, number: head.nextFrame &+ frame.numberShift, first: frame.first, count: frame.count,
          epoch: frame.epoch, previous: head.hash, log: log)
      }
      segments[segments.count - 1].bytes += made.bytes
      let last = frame.first &+ frame.count &- 1
      head = ChainHead(nextFrame: head.nextFrame + 1, lastSequence: last, hash: made.hash, epoch: frame.epoch)
    }
    for (index, segment) in segments.enumerated() {
      var bytes = segment.bytes
      edit(&bytes, index == segments.count - 1)
      try write(bytes, directory.segment(segment.name), files)
    }
    try write(floor, directory.floor, files)
    try files.makeDirectory(directory.snapshots)
    for (name, bytes) in snapshots { try write(bytes, directory.snapshots + "/" + name, files) }
  }

  private func write(_ bytes: [UInt8], _ path: String, _ files: LocalFileSystem) throws {
    let file = try files.open(path, .create)
    defer { file.close() }
    try file.write(bytes, at: 0)
  }

  /// Of a log that was put together anew: what a floor or a snapshot of the old one named is gone.
  mutating func forgetWitnesses() {
    floor = []
    snapshots = [:]
  }
}
