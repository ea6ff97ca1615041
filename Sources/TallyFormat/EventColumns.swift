/// The events of one frame, column by column: what the writer builds and every reader decodes.
///
/// Row `i` has sequence number `firstSequence + i`. What is particular to a kind stands in that kind's group, in the
/// order of the rows of that kind; ``Cursor`` walks both.
public struct EventColumns: Sendable, Equatable {
  /// `received` and `returned`.
  public struct Movements: Sendable, Equatable {
    public internal(set) var lines = LineColumn()
    public internal(set) var references = StringColumn()
    public internal(set) var keys = KeyColumn()
  }
  public struct Registrations: Sendable, Equatable {
    public internal(set) var skus = StringColumn()
    public internal(set) var locations = StringColumn()
  }
  public struct Reservations: Sendable, Equatable {
    public internal(set) var ids = StringColumn()
    public internal(set) var lines = LineColumn()
    public internal(set) var customers = StringColumn()
    /// Milliseconds; 0: none.
    public internal(set) var timesToLive: [UInt64] = []
  }
  /// `committed` and `released`; for `expired` only the references.
  public struct Settlements: Sendable, Equatable {
    /// Sequence numbers of the reservations.
    public internal(set) var references: [UInt64] = []
    /// No lines: all that is open.
    public internal(set) var lines = LineColumn()
    /// For `released`: true if an adjust made it.
    public internal(set) var byAdjust: [Bool] = []
    public internal(set) var keys = KeyColumn()
  }
  public struct Adjustments: Sendable, Equatable {
    public internal(set) var items: [ItemNumber] = []
    /// True: the command said what on hand is to be; false: by how much it changes.
    public internal(set) var isTo: [Bool] = []
    public internal(set) var changes: [Int64] = []
    public internal(set) var reasons = StringColumn()
    /// 0: none, 1: newest, 2: oldest.
    public internal(set) var policies: [UInt8] = []
    public internal(set) var keys = KeyColumn()
  }
  public struct Transfers: Sendable, Equatable {
    public internal(set) var from: [ItemNumber] = []
    public internal(set) var to: [ItemNumber] = []
    public internal(set) var quantities: [Int64] = []
    public internal(set) var keys = KeyColumn()
  }
  public struct LimitSettings: Sendable, Equatable {
    public internal(set) var items: [ItemNumber] = []
    /// The limit + 1; 0: none.
    public internal(set) var limitsPlusOne: [UInt64] = []
    public internal(set) var keys = KeyColumn()
  }
  /// The answer to one command of a keyed batch.
  public struct BatchResult: Sendable, Equatable {
    public var sequence: UInt64
    public var isRepeat: Bool
    public init(sequence: UInt64, isRepeat: Bool) {
      self.sequence = sequence
      self.isRepeat = isRepeat
    }
  }
  public struct Batches: Sendable, Equatable {
    public internal(set) var keys = KeyColumn()
    public internal(set) var ends: [UInt32] = []
    public internal(set) var results: [BatchResult] = []
    public func results(_ index: Int) -> ArraySlice<BatchResult> {
      results[(index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])]
    }
  }

  public internal(set) var firstSequence: UInt64
  /// One a row: kind × 2 + more.
  public internal(set) var kinds: [UInt8] = []
  /// One a row: Unix milliseconds.
  public internal(set) var times: [Int64] = []

  public internal(set) var registered = Registrations()
  public internal(set) var received = Movements()
  public internal(set) var reserved = Reservations()
  public internal(set) var committed = Settlements()
  public internal(set) var released = Settlements()
  public internal(set) var expired: [UInt64] = []
  public internal(set) var returned = Movements()
  public internal(set) var adjusted = Adjustments()
  public internal(set) var transferred = Transfers()
  public internal(set) var limits = LimitSettings()
  public internal(set) var batches = Batches()

  /// An upper bound of the payload's bytes, kept while rows are appended. No part of what makes columns equal.
  public private(set) var payloadBound: Int {
    get { bound.bytes }
    set { bound.bytes = newValue }
  }
  private var bound = PayloadBound()
  static let emptyBound = 256

  private struct PayloadBound: Sendable, Equatable {
    var bytes = EventColumns.emptyBound
    static func == (a: Self, b: Self) -> Bool { true }
  }

  public init(firstSequence: UInt64) { self.firstSequence = firstSequence }
  public var count: Int { kinds.count }
  public var isEmpty: Bool { kinds.isEmpty }
  /// One past the last row's sequence number.
  public var nextSequence: UInt64 { firstSequence + UInt64(kinds.count) }

  /// Forgets all rows but keeps the memory.
  public mutating func reset(firstSequence: UInt64) {
    self.firstSequence = firstSequence
    kinds.removeAll(keepingCapacity: true)
    times.removeAll(keepingCapacity: true)
    truncateGroups(to: Cursor())
    payloadBound = EventColumns.emptyBound
  }
}

extension EventColumns {
  /// Walks the rows in order and knows where each stands in its kind's group.
  public struct Cursor: Sendable {
    /// Rows passed.
    public private(set) var row = 0
    // One counter a kind; inline, so that a cursor is a plain value.
    @usableFromInline var ordinals: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int) =
      (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    public init() {}

    /// Rows of `kind` passed.
    @inline(__always) public func passed(_ kind: EventKind) -> Int {
      withUnsafeBytes(of: ordinals) {
        $0.load(fromByteOffset: Int(kind.rawValue) * MemoryLayout<Int>.stride, as: Int.self)
      }
    }

    mutating func skip(rows: Int, _ ordinals: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int)) {
      row = rows
      self.ordinals = ordinals
    }

    @inline(__always) mutating func advance(_ kind: EventKind) -> Int {
      row += 1
      return withUnsafeMutableBytes(of: &ordinals) {
        let offset = Int(kind.rawValue) * MemoryLayout<Int>.stride
        let ordinal = $0.load(fromByteOffset: offset, as: Int.self)
        $0.storeBytes(of: ordinal + 1, toByteOffset: offset, as: Int.self)
        return ordinal
      }
    }
  }

  /// One row: what every event has, and where its particulars stand.
  public struct Row: Sendable {
    public var sequence: UInt64
    public var time: Int64
    public var kind: EventKind
    /// The next row belongs to the same atomic step.
    public var more: Bool
    /// Index in the group of its kind.
    public var ordinal: Int
  }

  /// The row at the cursor, which moves on; `nil` at the end.
  @inline(__always) public func next(_ cursor: inout Cursor) -> Row? {
    let index = cursor.row
    // Decoding and appending admit known kinds only.
    guard index < kinds.count, let kind = EventKind(rawValue: kinds[index] >> 1) else { return nil }
    return Row(
      sequence: firstSequence + UInt64(index), time: times[index], kind: kind, more: kinds[index] & 1 == 1,
      ordinal: cursor.advance(kind))
  }

  /// A cursor past the last row.
  public var end: Cursor {
    var cursor = Cursor()
    cursor.skip(
      rows: count,
      (
        0, registered.skus.count, received.lines.count, reserved.ids.count, committed.references.count,
        released.references.count, expired.count, returned.lines.count, adjusted.items.count, transferred.from.count,
        limits.items.count, batches.ends.count
      ))
    return cursor
  }

  /// The row that was appended last.
  @inline(__always) public var last: Row? {
    guard let tag = kinds.last, let kind = EventKind(rawValue: tag >> 1) else { return nil }
    let ordinal =
      switch kind {
      case .itemRegistered: registered.skus.count
      case .received: received.lines.count
      case .reserved: reserved.ids.count
      case .committed: committed.references.count
      case .released: released.references.count
      case .expired: expired.count
      case .returned: returned.lines.count
      case .adjusted: adjusted.items.count
      case .transferred: transferred.from.count
      case .limitSet: limits.items.count
      case .batch: batches.ends.count
      }
    return Row(
      sequence: nextSequence - 1, time: times[times.count - 1], kind: kind, more: tag & 1 == 1, ordinal: ordinal - 1)
  }
}

// MARK: - Appending

extension EventColumns {
  @inline(__always) private mutating func begin(_ kind: EventKind, _ time: Int64, more: Bool, bound: Int) {
    kinds.append(kind.rawValue << 1 | (more ? 1 : 0))
    times.append(time)
    payloadBound += bound + 24
  }
  // A line is at most an item number (4 bytes) and a quantity (7), each plus its share of a column.
  @inline(__always) private static func bound(lines: Int) -> Int { 8 + lines * 12 }
  @inline(__always) private static func bound(key: Name?) -> Int { key.map { $0.bytes.count + 20 } ?? 2 }

  public mutating func appendRegistration(sku: Name, location: Name, time: Int64, more: Bool) {
    begin(.itemRegistered, time, more: more, bound: sku.bytes.count + location.bytes.count)
    registered.skus.append(sku)
    registered.locations.append(location)
  }

  /// - Parameter isReturn: `returned` rather than `received`.
  public mutating func appendMovement(
    isReturn: Bool, lines: UnsafeBufferPointer<LineEntry>, reference: Name?, key: Name?, digest: ContentDigest,
    time: Int64, more: Bool
  ) {
    begin(
      isReturn ? .returned : .received, time, more: more,
      bound: Self.bound(lines: lines.count) + Self.bound(key: key) + (reference?.bytes.count ?? 0))
    func add(to group: inout Movements) {
      group.lines.append(lines)
      if let reference { group.references.append(reference) } else { group.references.appendEmpty() }
      group.keys.append(key, digest)
    }
    if isReturn { add(to: &returned) } else { add(to: &received) }
  }

  /// - Parameter customer: no bytes: none.
  @inline(__always)
  public mutating func appendReservation(
    id: UnsafeBufferPointer<UInt8>, lines: UnsafeBufferPointer<LineEntry>, customer: UnsafeBufferPointer<UInt8>,
    timeToLive: Int64, time: Int64, more: Bool
  ) {
    begin(.reserved, time, more: more, bound: id.count + Self.bound(lines: lines.count) + customer.count)
    reserved.ids.append(id)
    reserved.lines.append(lines)
    if customer.isEmpty { reserved.customers.appendEmpty() } else { reserved.customers.append(customer) }
    reserved.timesToLive.append(UInt64(timeToLive))
  }

  /// As ``appendReservation(id:lines:customer:timeToLive:time:more:)``, for one line and no customer, as most have.
  @inline(__always)
  public mutating func appendReservation(
    id: UnsafeBufferPointer<UInt8>, line: LineEntry, timeToLive: Int64, time: Int64
  ) {
    begin(.reserved, time, more: false, bound: id.count + Self.bound(lines: 1))
    reserved.ids.append(id)
    reserved.lines.append(line)
    reserved.customers.appendEmpty()
    reserved.timesToLive.append(UInt64(timeToLive))
  }

  /// The same for one that stands in other columns, with its lines, and has no customer.
  @inline(__always)
  public mutating func appendReservation(
    id index: Int, of ids: borrowing StringColumn, lines: borrowing LineColumn, timeToLive: Int64, time: Int64
  ) {
    begin(
      .reserved, time, more: false, bound: ids.range(index).count + Self.bound(lines: lines.range(index).count))
    reserved.ids.append(index..<(index + 1), of: ids)
    reserved.lines.append(index..<(index + 1), of: lines)
    reserved.customers.appendEmpty()
    reserved.timesToLive.append(UInt64(timeToLive))
  }

  /// As ``appendMovement(isReturn:lines:reference:key:digest:time:more:)``, for stock of one item without reference or
  /// key.
  @inline(__always) public mutating func appendReceipt(_ line: LineEntry, time: Int64) {
    begin(.received, time, more: false, bound: Self.bound(lines: 1) + Self.bound(key: nil))
    received.lines.append(line)
    received.references.appendEmpty()
    received.keys.append(nil, .none)
  }

  /// Appends reservations without customers at one time, column by column.
  ///
  /// - Parameter range: which of the ids, lines and times to live.
  public mutating func appendReservations(
    _ range: Range<Int>, ids: borrowing StringColumn, lines: borrowing LineColumn, timesToLive: borrowing [Int64],
    time: Int64
  ) {
    let bytesBefore = reserved.ids.bytes.count
    let linesBefore = reserved.lines.entries.count
    kinds.append(contentsOf: repeatElement(EventKind.reserved.rawValue << 1, count: range.count))
    times.append(contentsOf: repeatElement(time, count: range.count))
    reserved.ids.append(range, of: ids)
    reserved.lines.append(range, of: lines)
    reserved.customers.appendEmpty(range.count)
    timesToLive.withUnsafeBufferPointer { times in
      for index in range { reserved.timesToLive.append(UInt64(times[index])) }
    }
    payloadBound +=
      range.count * (24 + Self.bound(lines: 0)) + (reserved.lines.entries.count - linesBefore) * 12
      + reserved.ids.bytes.count - bytesBefore
  }

  /// - Parameters:
  ///   - kind: `.committed` or `.released`.
  ///   - lines: none: all that is open.
  @inline(__always)
  public mutating func appendSettlement(
    _ kind: EventKind, reservation: UInt64, lines: UnsafeBufferPointer<LineEntry>, byAdjust: Bool = false, key: Name?,
    digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(kind, time, more: more, bound: 8 + Self.bound(lines: lines.count) + Self.bound(key: key))
    if kind == .committed {
      committed.references.append(reservation)
      committed.lines.append(lines)
      committed.keys.append(key, digest)
    } else {
      released.references.append(reservation)
      released.lines.append(lines)
      released.byAdjust.append(byAdjust)
      released.keys.append(key, digest)
    }
  }

  public mutating func appendExpiry(reservation: UInt64, time: Int64, more: Bool = false) {
    begin(.expired, time, more: more, bound: 8)
    expired.append(reservation)
  }

  public mutating func appendAdjustment(
    item: ItemNumber, isTo: Bool, change: Int64, reason: Name, policy: UInt8, key: Name?, digest: ContentDigest,
    time: Int64, more: Bool
  ) {
    begin(.adjusted, time, more: more, bound: 24 + reason.bytes.count + Self.bound(key: key))
    adjusted.items.append(item)
    adjusted.isTo.append(isTo)
    adjusted.changes.append(change)
    adjusted.reasons.append(reason)
    adjusted.policies.append(policy)
    adjusted.keys.append(key, digest)
  }

  public mutating func appendTransfer(
    from: ItemNumber, to: ItemNumber, quantity: Int64, key: Name?, digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(.transferred, time, more: more, bound: 24 + Self.bound(key: key))
    transferred.from.append(from)
    transferred.to.append(to)
    transferred.quantities.append(quantity)
    transferred.keys.append(key, digest)
  }

  /// - Parameter limit: `nil`: none.
  public mutating func appendLimit(
    item: ItemNumber, limit: Int64?, key: Name?, digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(.limitSet, time, more: more, bound: 16 + Self.bound(key: key))
    limits.items.append(item)
    limits.limitsPlusOne.append(limit.map { UInt64($0) + 1 } ?? 0)
    limits.keys.append(key, digest)
  }

  public mutating func appendBatch(
    key: Name, digest: ContentDigest, results: [BatchResult], time: Int64, more: Bool = false
  ) {
    begin(.batch, time, more: more, bound: Self.bound(key: key) + results.count * 8)
    batches.keys.append(key, digest)
    batches.results.append(contentsOf: results)
    batches.ends.append(UInt32(batches.results.count))
  }

  /// Says whether the last row's step goes on.
  public mutating func setLastMore(_ more: Bool) {
    guard let last = kinds.last else { return }
    kinds[kinds.count - 1] = last & ~1 | (more ? 1 : 0)
  }

  /// Where the columns end now, to come back to with ``truncate(to:)``.
  public struct Mark: Sendable {
    let cursor: Cursor
    let payloadBound: Int
  }
  public var mark: Mark { Mark(cursor: end, payloadBound: payloadBound) }

  /// Forgets every row appended since `mark`.
  public mutating func truncate(to mark: Mark) {
    kinds.removeSubrange(mark.cursor.row...)
    times.removeSubrange(mark.cursor.row...)
    truncateGroups(to: mark.cursor)
    payloadBound = mark.payloadBound
  }

  private mutating func truncateGroups(to cursor: Cursor) {
    func cut<T>(_ array: inout [T], _ kind: EventKind) {
      let count = cursor.passed(kind)
      if count < array.count { array.removeSubrange(count...) }
    }
    registered.skus.truncate(to: cursor.passed(.itemRegistered))
    registered.locations.truncate(to: cursor.passed(.itemRegistered))
    func cut(_ group: inout Movements, _ kind: EventKind) {
      group.lines.truncate(to: cursor.passed(kind))
      group.references.truncate(to: cursor.passed(kind))
      group.keys.truncate(to: cursor.passed(kind))
    }
    cut(&received, .received)
    cut(&returned, .returned)
    reserved.ids.truncate(to: cursor.passed(.reserved))
    reserved.lines.truncate(to: cursor.passed(.reserved))
    reserved.customers.truncate(to: cursor.passed(.reserved))
    cut(&reserved.timesToLive, .reserved)
    func cut(_ group: inout Settlements, _ kind: EventKind) {
      cut(&group.references, kind)
      group.lines.truncate(to: cursor.passed(kind))
      cut(&group.byAdjust, kind)
      group.keys.truncate(to: cursor.passed(kind))
    }
    cut(&committed, .committed)
    cut(&released, .released)
    cut(&expired, .expired)
    cut(&adjusted.items, .adjusted)
    cut(&adjusted.isTo, .adjusted)
    cut(&adjusted.changes, .adjusted)
    adjusted.reasons.truncate(to: cursor.passed(.adjusted))
    cut(&adjusted.policies, .adjusted)
    adjusted.keys.truncate(to: cursor.passed(.adjusted))
    cut(&transferred.from, .transferred)
    cut(&transferred.to, .transferred)
    cut(&transferred.quantities, .transferred)
    transferred.keys.truncate(to: cursor.passed(.transferred))
    cut(&limits.items, .limitSet)
    cut(&limits.limitsPlusOne, .limitSet)
    limits.keys.truncate(to: cursor.passed(.limitSet))
    batches.keys.truncate(to: cursor.passed(.batch))
    cut(&batches.ends, .batch)
    let results = Int(batches.ends.last ?? 0)
    if results < batches.results.count { batches.results.removeSubrange(results...) }
  }
}
