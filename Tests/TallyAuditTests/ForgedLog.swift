import TallyAudit
import TallyFormat
import TallyTestSupport

@testable import Tallystick

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
  /// Keys get the digest of something else than was asked.
  var swapsContents = false

  /// By item number.
  private var items: [ItemName] = []
  /// Of reservations, by sequence number.
  private var ids: [UInt64: Name] = [:]
  /// What each event's command asked for, by sequence number.
  private var asked: [UInt64: Operation] = [:]

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
    items.append(ItemName(sku: sku, location: location))
  }

  /// The event appended last is not the last of its step.
  func goesOn() { events.setLastMore(true) }

  func receive(
    _ lines: [(UInt32, Int64)], key: Name? = nil, reference: Name? = nil, isReturn: Bool = false,
    effective: Int64? = nil
  ) {
    var asked: Operation =
      isReturn
      ? .returned(named(lines), reference: reference) : .receive(named(lines), reference: reference)
    if let effective { asked = .dated(asked, effective: effective) }
    let digest = note(asked)
    entries(lines).withUnsafeBufferPointer {
      events.appendMovement(
        isReturn: isReturn, lines: $0, reference: reference, key: key, digest: digest, time: time, more: false)
    }
    if let effective { events.setLastEffective(effective) }
  }

  /// - Parameter cart: what was asked for, if the event says that.
  func reserve(
    _ id: Name, _ lines: [(UInt32, Int64)], customer: Name = "", timeToLive: Int64 = 0,
    asked cart: [(UInt32, Int64)]? = nil
  ) {
    note(.reserve(id: id, named(cart ?? lines), customer: customer, timeToLive: timeToLive))
    ids[events.nextSequence] = id
    entries(lines).withUnsafeBufferPointer { lines in
      id.bytes.withUnsafeBufferPointer { id in
        customer.bytes.withUnsafeBufferPointer { customer in
          events.appendReservation(
            id: id, lines: lines, customer: customer, timeToLive: timeToLive, time: time, more: false)
        }
      }
    }
    if let cart { entries(cart).withUnsafeBufferPointer { events.setLastAsked($0) } }
  }

  /// - Parameters:
  ///   - wait: in ms; 0: without an end.
  ///   - cart: what was asked for, if the event says that.
  func wait(
    _ id: Name, _ lines: [(UInt32, Int64)], customer: Name = "", timeToLive: Int64 = 0, for wait: Int64 = 0,
    asked cart: [(UInt32, Int64)]? = nil
  ) {
    note(.reserve(id: id, named(cart ?? lines), customer: customer, timeToLive: timeToLive))
    ids[events.nextSequence] = id
    entries(lines).withUnsafeBufferPointer { lines in
      id.bytes.withUnsafeBufferPointer { id in
        customer.bytes.withUnsafeBufferPointer { customer in
          events.appendWaiting(
            id: id, lines: lines, customer: customer, timeToLive: timeToLive, wait: wait, time: time, more: false)
        }
      }
    }
    if let cart { entries(cart).withUnsafeBufferPointer { events.setLastAsked($0) } }
  }

  func fill(_ reservation: UInt64) { events.appendFilling(reservation: reservation, time: time) }

  /// - Parameters:
  ///   - kind: `.committed` or `.released`.
  ///   - content: what the key's digest is of, if not of what the event says; so below.
  func settle(
    _ kind: EventKind, _ reservation: UInt64, _ lines: [(UInt32, Int64)] = [], key: Name? = nil,
    content: Operation? = nil
  ) {
    let id = ids[reservation] ?? "?"
    let asked = lines.isEmpty ? nil : named(lines)
    let digest = note(content ?? (kind == .committed ? .commit(id: id, asked) : .release(id: id, asked)))
    entries(lines).withUnsafeBufferPointer {
      events.appendSettlement(
        kind, reservation: reservation, lines: $0, key: key, digest: digest, time: time, more: false)
    }
  }

  /// A release that an adjust is to follow, in the same step.
  func release(
    _ reservation: UInt64, _ lines: [(UInt32, Int64)] = [], byAdjust: Bool, key: Name? = nil, more: Bool = false
  ) {
    entries(lines).withUnsafeBufferPointer {
      events.appendSettlement(
        .released, reservation: reservation, lines: $0, byAdjust: byAdjust, key: key, digest: .none, time: time,
        more: more)
    }
  }

  /// - Parameter results: sequence numbers, and whether each was a repeat.
  func batch(_ key: Name, _ results: [(UInt64, Bool)], more: Bool = false) {
    let digest = note(.batch(results.map { asked[$0.0] ?? .commit(id: "?") }))
    events.appendBatch(
      key: key, digest: digest,
      results: results.map { EventColumns.BatchResult(sequence: $0.0, isRepeat: $0.1) }, time: time, more: more)
  }

  func extend(_ reservation: UInt64, _ timeToLive: Int64, key: Name? = nil) {
    let digest = note(.extend(id: ids[reservation] ?? "?", timeToLive: timeToLive))
    events.appendExtension(
      reservation: reservation, timeToLive: timeToLive, key: key, digest: digest, time: time, more: false)
  }

  func amend(_ reservation: UInt64, _ lines: [(UInt32, Int64)], key: Name? = nil) {
    let digest = note(.amend(id: ids[reservation] ?? "?", named(lines)))
    entries(lines).withUnsafeBufferPointer {
      events.appendAmendment(reservation: reservation, lines: $0, key: key, digest: digest, time: time, more: false)
    }
  }

  func commitMore(_ reservation: UInt64, _ lines: [(UInt32, Int64)], key: Name? = nil) {
    let digest = note(.commitMore(id: ids[reservation] ?? "?", named(lines)))
    entries(lines).withUnsafeBufferPointer {
      events.appendLargerCommit(reservation: reservation, lines: $0, key: key, digest: digest, time: time, more: false)
    }
  }

  func expire(_ reservation: UInt64) { events.appendExpiry(reservation: reservation, time: time) }

  func limit(_ item: UInt32, _ limit: Int64?, key: Name? = nil) {
    let digest = note(.limit(name(item), limit))
    events.appendLimit(item: ItemNumber(item), limit: limit, key: key, digest: digest, time: time, more: false)
  }

  func floor(_ item: UInt32, _ floor: Int64, key: Name? = nil) {
    let digest = note(.floor(name(item), floor))
    events.appendFloor(item: ItemNumber(item), floor: floor, key: key, digest: digest, time: time, more: false)
  }

  /// - Parameter parts: none drops it.
  func recipe(_ item: UInt32, _ parts: [(UInt32, Int64)], key: Name? = nil) {
    let digest = note(.recipe(name(item), named(parts)))
    entries(parts).withUnsafeBufferPointer {
      events.appendRecipe(item: ItemNumber(item), parts: $0, key: key, digest: digest, time: time, more: false)
    }
  }

  /// - Parameters:
  ///   - item: one of the SKU.
  ///   - places: items, each with its place; none drops the order.
  func prefer(_ item: UInt32, _ places: [(UInt32, Int64)], key: Name? = nil) {
    let order = places.sorted { $0.1 < $1.1 }.map { name($0.0).location }
    let digest = note(.prefer(name(item).sku, order))
    entries(places).withUnsafeBufferPointer {
      events.appendPreference(item: ItemNumber(item), places: $0, key: key, digest: digest, time: time, more: false)
    }
  }

  func acknowledge(_ consumer: Name, _ position: UInt64) {
    events.appendAcknowledgement(consumer: consumer, position: position, time: time)
  }

  func forget(_ consumer: Name) { events.appendForgottenConsumer(consumer, time: time) }

  /// - Parameter item: `nil`: further items.
  func refuse(_ item: UInt32?, _ cause: RefusalCause = .insufficient, asks: UInt64 = 1, units: UInt64 = 2) {
    events.appendRefusal(item.map { ItemNumber($0) }, cause, asks: asks, units: units, delay: -7, time: time)
  }

  /// - Parameter to: what on hand is to be after the change; `nil`: the command named the change.
  func adjust(
    _ item: UInt32, by change: Int64, to: Int64? = nil, reason: Name = "count", policy: UInt8 = 0, key: Name? = nil,
    content: Operation? = nil
  ) {
    let asked = Operation.adjust(
      name(item), to.map { .to($0) } ?? .by(change), reason: reason, release: ReleasePolicy(rawValue: policy))
    let digest = note(content ?? asked)
    events.appendAdjustment(
      item: ItemNumber(item), isTo: to != nil, change: change, reason: reason, policy: policy, key: key,
      digest: digest, time: time, more: false)
  }

  func transfer(_ from: UInt32, _ to: UInt32, _ quantity: Int64, key: Name? = nil) {
    let digest = note(
      .transfer(sku: name(from).sku, quantity: quantity, from: name(from).location, to: name(to).location))
    events.appendTransfer(
      from: ItemNumber(from), to: ItemNumber(to), quantity: quantity, key: key, digest: digest, time: time, more: false)
  }

  /// - Parameter holds: reservations, and what moves of each.
  func transfer(
    _ from: UInt32, _ to: UInt32, _ quantity: Int64, with holds: [(UInt64, Int64)], all: Bool, key: Name? = nil
  ) {
    let digest = note(
      .transferWith(
        sku: name(from).sku, quantity: quantity, from: name(from).location, to: name(to).location,
        all ? .all : .of(holds.map { ids[$0.0] ?? "?" })))
    events.appendTransfer(
      from: ItemNumber(from), to: ItemNumber(to), quantity: quantity,
      with: holds.map { .init(reservation: $0.0, quantity: $0.1) }, isOfAll: all, key: key, digest: digest, time: time,
      more: false)
  }

  /// - Parameters:
  ///   - id: not the reservation's own.
  ///   - customer: what the event says.
  func takeBack(
    _ reservation: UInt64, _ lines: [(UInt32, Int64)], id: Name? = nil, customer: Name = "", key: Name? = nil
  ) {
    let id = id ?? ids[reservation] ?? "?"
    let digest = note(.returnedOf(order: id, named(lines)))
    entries(lines).withUnsafeBufferPointer {
      events.appendReturn(
        of: reservation, id: id, customer: customer, lines: $0, reference: nil, key: key, digest: digest, time: time,
        more: false)
    }
  }

  /// - Parameters:
  ///   - id: not the reservation's own.
  ///   - made: when the event says that it was made; `nil`: the log's time now.
  func reopen(
    _ reservation: UInt64, _ lines: [(UInt32, Int64)], id: Name? = nil, customer: Name = "", made: Int64? = nil,
    timeToLive: Int64 = 0, key: Name? = nil
  ) {
    let id = id ?? ids[reservation] ?? "?"
    let digest = note(.reopen(id: id, timeToLive: timeToLive))
    entries(lines).withUnsafeBufferPointer {
      events.appendReopening(
        of: reservation, id: id, customer: customer, made: made ?? time, lines: $0, timeToLive: timeToLive, key: key,
        digest: digest, time: time, more: false)
    }
  }

  // MARK: What is asked

  /// Notes what the next event's command asks for; returns its digest.
  @discardableResult
  private func note(_ operation: Operation) -> ContentDigest {
    asked[events.nextSequence] = operation
    return swapsContents ? Operation.commit(id: "another").contentDigest : operation.contentDigest
  }

  private func name(_ item: UInt32) -> ItemName {
    Int(item) < items.count ? items[Int(item)] : ItemName(sku: "?")
  }

  private func named(_ lines: [(UInt32, Int64)]) -> [Line] { lines.map { Line(name($0.0), $0.1) } }

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
