import TallyAudit
import TallyFormat
import TallyTestSupport

/// A log with a valid chain whose events no honest writer made: frames are built by hand.
final class ForgedLog {
  let directory = TemporaryDirectory()
  var path: String { directory.path }
  let id = LogID(bytes: Array(0..<16)) ?? LogID(bytes: [UInt8](repeating: 0, count: 16))!
  private var encoder: FrameEncoder
  private var head = ChainHead.empty
  private let file: any LogFile
  private(set) var offset = Limits.segmentHeaderBytes
  var events = EventColumns(firstSequence: 1)
  var time: Int64 = 1_000

  init() throws {
    let files = LocalFileSystem()
    try files.makeDirectory(directory.path + "/segments")
    encoder = FrameEncoder(log: id)
    file = try files.open(LogDirectory(directory.path).segment(1), .create)
    let header = SegmentHeader(log: id, after: .empty, settings: LogSettings())
    try file.write(header.encoded, at: 0)
  }

  /// Writes the events gathered so far as a frame; returns where it begins.
  @discardableResult
  func frame(epoch: UInt64 = 1, next: UInt64? = nil) throws -> Int {
    let at = offset
    let frame = encoder.encode(events, after: head, epoch: epoch)
    head = frame.head
    try file.write(frame.bytes, at: offset)
    offset += frame.bytes.count
    events = EventColumns(firstSequence: next ?? events.nextSequence)
    return at
  }

  func audit() throws -> AuditReport { try Auditor(LogDirectory(path)).run() }

  // MARK: Events

  func item(_ sku: Name, _ location: Name = "main", more: Bool = true) {
    events.appendRegistration(sku: sku, location: location, time: time, more: more)
  }

  /// The event appended last is not the last of its step.
  func goesOn() { events.setLastMore(true) }

  func receive(_ lines: [(UInt32, Int64)], key: Name? = nil, reference: Name? = nil, isReturn: Bool = false) {
    entries(lines).withUnsafeBufferPointer {
      events.appendMovement(
        isReturn: isReturn, lines: $0, reference: reference, key: key, digest: ContentDigest(high: 1, low: 1),
        time: time,
        more: false)
    }
  }

  func reserve(_ id: Name, _ lines: [(UInt32, Int64)], customer: Name = "", timeToLive: Int64 = 0) {
    entries(lines).withUnsafeBufferPointer { lines in
      id.bytes.withUnsafeBufferPointer { id in
        customer.bytes.withUnsafeBufferPointer { customer in
          events.appendReservation(
            id: id, lines: lines, customer: customer, timeToLive: timeToLive, time: time, more: false)
        }
      }
    }
  }

  func settle(_ kind: EventKind, _ reservation: UInt64, _ lines: [(UInt32, Int64)] = [], key: Name? = nil) {
    entries(lines).withUnsafeBufferPointer {
      events.appendSettlement(
        kind, reservation: reservation, lines: $0, key: key, digest: ContentDigest(high: 2, low: 2), time: time,
        more: false)
    }
  }

  func release(_ reservation: UInt64, _ lines: [(UInt32, Int64)] = [], byAdjust: Bool, more: Bool = false) {
    entries(lines).withUnsafeBufferPointer {
      events.appendSettlement(
        .released, reservation: reservation, lines: $0, byAdjust: byAdjust, key: nil, digest: .none, time: time,
        more: more)
    }
  }

  /// - Parameter results: sequence numbers, and whether each was a repeat.
  func batch(_ key: Name, _ results: [(UInt64, Bool)]) {
    events.appendBatch(
      key: key, digest: ContentDigest(high: 3, low: 3),
      results: results.map { EventColumns.BatchResult(sequence: $0.0, isRepeat: $0.1) }, time: time)
  }

  func expire(_ reservation: UInt64) { events.appendExpiry(reservation: reservation, time: time) }

  func limit(_ item: UInt32, _ limit: Int64?) {
    events.appendLimit(item: ItemNumber(item), limit: limit, key: nil, digest: .none, time: time, more: false)
  }

  func adjust(_ item: UInt32, by change: Int64, reason: Name = "count", policy: UInt8 = 0) {
    events.appendAdjustment(
      item: ItemNumber(item), isTo: false, change: change, reason: reason, policy: policy, key: nil, digest: .none,
      time: time, more: false)
  }

  func transfer(_ from: UInt32, _ to: UInt32, _ quantity: Int64) {
    events.appendTransfer(
      from: ItemNumber(from), to: ItemNumber(to), quantity: quantity, key: nil, digest: .none, time: time, more: false)
  }

  private func entries(_ lines: [(UInt32, Int64)]) -> [LineEntry] {
    lines.map { LineEntry(item: ItemNumber($0.0), quantity: $0.1) }
  }

  /// Item 0 "tea" with 10 and item 1 "cup" with 5 on hand: events 1 to 3.
  func stock() {
    item("tea")
    item("cup")
    receive([(0, 10), (1, 5)])
  }
}
