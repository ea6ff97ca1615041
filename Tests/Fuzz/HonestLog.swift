import TallyFormat
import Tallystick

/// A small log that an honest writer made, in memory: where the corpora come from, and what hostile files are put beside.
struct HonestLog {
  static let path = "/shop"
  static let shared = HonestLog()

  let files = MemoryFiles()
  let directory = LogDirectory(HonestLog.path)
  static let id = LogID(bytes: Array(0..<16))!
  /// What its frames hold, decompressed, in order; nothing for empty frames.
  let payloads: [[UInt8]]
  let lastSequence: UInt64
  let snapshot: SnapshotFile?
  let index: (name: String, bytes: [UInt8])?

  private init() {
    // Not by `TallyLog.create`, whose ids are random: the corpora must be the same every time.
    files.put(
      directory.segment(1),
      SegmentHeader(log: HonestLog.id, after: .empty, settings: LogSettings()).encoded)
    if let log = try? HonestLog.writer(on: files) {
      for commands in HonestLog.commands { _ = log.append(commands) }
      log.close()
    }
    let summary = try? SnapshotStore(HonestLog.path, files: files).rebuild()
    snapshot = summary.flatMap { [files] in try? SnapshotFile.read($0.path, files: files) }
    let name = (try? files.list(directory.index))?.first
    index = name.map { [files, directory] in ($0, files.bytes(of: directory.index + "/" + $0) ?? []) }
    var payloads = [[UInt8]]()
    var last: UInt64 = 0
    if let stream = try? FrameStream(directory, files: files) {
      let decompressor = LZ4Decompressor()
      while case .frame(let frame, _)? = try? stream.next() {
        last = frame.lastSequence
        guard !frame.isEmpty else { continue }
        let payload = frame.withPayload { raw in
          try? decompressor.withDecompressed(raw, maximum: Limits.maxPayloadBytes) { Array($0) }
        }
        payloads.append(payload ?? [])
      }
    }
    self.payloads = payloads
    lastSequence = last
  }

  /// Opens the log of these files for writing, without threads and with a clock that stands.
  static func writer(on files: MemoryFiles) throws(TallyError) -> TallyLog {
    var options = LogOptions()
    options.files = files
    options.runsInline = true
    options.takesSnapshots = false
    options.clock = { 1_767_225_600_000 }
    return try TallyLog(HonestLog.path, options: options)
  }

  /// Commands of every kind; each group is one frame.
  static let commands: [[Command]] = {
    let tea = ItemName(sku: "tea")
    let cup = ItemName(sku: "cup", location: "berlin")
    return [
      [Command(.receive([Line(tea, 100), Line(cup, 50)], reference: "PO-7"))],
      [
        Command(.reserve(id: "order-1", [Line(tea, 2), Line(cup, 1)], customer: "c-9", timeToLive: 900_000)),
        Command(.reserve(id: "order-2", [Line(tea, 3)], customer: nil, timeToLive: nil)),
        Command(.reserve(id: "order-3", [Line(cup, 3)], customer: "c-1", timeToLive: 60_000)),
      ],
      [Command(.commit(id: "order-1", [Line(tea, 1)]), key: "k-1"), Command(.release(id: "order-2"))],
      [
        Command(.limit(tea, 5), key: "k-2"),
        Command(.reserve(id: "order-4", [Line(tea, 4)], customer: "c-9", timeToLive: nil)),
        Command(.transfer(sku: "tea", quantity: 5, from: "main", to: "berlin")),
      ],
      [
        Command(.returned([Line(tea, 1)], reference: "RMA-3"), key: "k-3"),
        Command(.adjust(cup, .to(45), reason: "count", release: nil)),
        Command(.adjust(cup, .by(-44), reason: "fire", release: .newest)),
      ],
      [
        Command(
          .batch([
            .receive([Line(ItemName(sku: "pot"), 3)], reference: nil),
            .reserve(id: "order-5", [Line(ItemName(sku: "pot"), 2)], customer: nil, timeToLive: nil),
            .commit(id: "order-5"),
          ]), key: "b-1")
      ],
      [Command(.commit(id: "order-4"))],
    ]
  }()
}
