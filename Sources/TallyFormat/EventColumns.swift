/// The events of one frame, column by column: what the writer builds and every reader decodes.
///
/// Row `i` has sequence number `firstSequence + i`. What is particular to a kind stands in that kind's group, in the
/// order of the rows of that kind; ``Cursor`` walks both.
public struct EventColumns: Sendable, Equatable {
  /// The first row's sequence number; without rows, that of the next one to come.
  public internal(set) var firstSequence: UInt64
  /// One a row: kind × 2 + more.
  public internal(set) var kinds: [UInt8] = []
  /// One a row: Unix milliseconds.
  public internal(set) var times: [Int64] = []

  /// The `item-registered` events.
  public internal(set) var registered = Registrations()
  /// The `received` events.
  public internal(set) var received = Movements()
  /// The `reserved` events.
  public internal(set) var reserved = Reservations()
  /// The `committed` events.
  public internal(set) var committed = Settlements()
  /// The `released` events.
  public internal(set) var released = Settlements()
  /// The `expired` events.
  public internal(set) var expired = Expiries()
  /// The `returned` events.
  public internal(set) var returned = Movements()
  /// The `adjusted` events.
  public internal(set) var adjusted = Adjustments()
  /// The `transferred` events.
  public internal(set) var transferred = Transfers()
  /// The `limit-set` events.
  public internal(set) var limits = LimitSettings()
  /// The `batch` events.
  public internal(set) var batches = Batches()
  /// The `extended` events.
  public internal(set) var extended = Extensions()
  /// The `amended` events.
  public internal(set) var amended = Amendments()
  /// The `committed` events of more than was held.
  public internal(set) var committedMore = Amendments()
  /// The `transferred` events that took holds with them.
  public internal(set) var transferredWith = AccompaniedTransfers()
  /// The `returned` events of an order.
  public internal(set) var returnedOf = OrderReturns()
  /// The `reopened` events.
  public internal(set) var reopened = Reopenings()
  /// The `floor-set` events.
  public internal(set) var floors = FloorSettings()
  /// The `recipe-set` events.
  public internal(set) var recipes = ItemSettings()
  /// The `preference-set` events.
  public internal(set) var preferences = ItemSettings()
  /// The `acknowledged` events.
  public internal(set) var acknowledged = Acknowledgements()
  /// The `consumer-forgotten` events.
  public internal(set) var forgotten = ForgottenConsumers()
  /// The `refused` events.
  public internal(set) var refused = Refusals()
  /// When movements took place, where that is not when they were recorded.
  public internal(set) var effective = EffectiveTimes()
  /// The `waiting` events.
  public internal(set) var waiting = Waitings()
  /// The `filled` events.
  public internal(set) var filled = Fillings()
  /// What reservations asked for, where that is not what they hold.
  public internal(set) var asked = AskedCarts()

  /// An upper bound of the payload's bytes, kept while rows are appended. No part of what makes columns equal.
  public internal(set) var payloadBound: Int {
    get { bound.bytes }
    set { bound.bytes = newValue }
  }
  private var bound = PayloadBound()
  static let emptyBound = 256

  private struct PayloadBound: Sendable, Equatable {
    var bytes = EventColumns.emptyBound
    static func == (a: Self, b: Self) -> Bool { true }
  }

  /// No rows.
  ///
  /// - Parameter firstSequence: the sequence number that the first one will have.
  public init(firstSequence: UInt64) { self.firstSequence = firstSequence }
  /// Rows.
  public var count: Int { kinds.count }
  /// There are no rows.
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
    // One counter a kind, by its number; inline, so that a cursor is a plain value. A frame has at most 2^18 events.
    @usableFromInline var ordinals = [32 of UInt32](repeating: 0)

    /// Before the first row.
    public init() {}

    /// Rows of `kind` passed.
    @inline(__always) public func passed(_ kind: EventKind) -> Int {
      withUnsafeBytes(of: ordinals) {
        Int($0.load(fromByteOffset: Int(kind.rawValue) * MemoryLayout<UInt32>.stride, as: UInt32.self))
      }
    }

    fileprivate mutating func skip(allOf columns: EventColumns) {
      row = columns.count
      withUnsafeMutableBytes(of: &ordinals) {
        for kind in EventKind.ordered {
          $0.storeBytes(
            of: UInt32(columns.count(of: kind)), toByteOffset: Int(kind.rawValue) * MemoryLayout<UInt32>.stride,
            as: UInt32.self)
        }
      }
    }

    @inline(__always) mutating func advance(_ kind: EventKind) -> Int {
      row += 1
      return withUnsafeMutableBytes(of: &ordinals) {
        let offset = Int(kind.rawValue) * MemoryLayout<UInt32>.stride
        let ordinal = $0.load(fromByteOffset: offset, as: UInt32.self)
        $0.storeBytes(of: ordinal &+ 1, toByteOffset: offset, as: UInt32.self)
        return Int(ordinal)
      }
    }
  }

  /// One row: what every event has, and where its particulars stand.
  public struct Row: Sendable {
    /// Its sequence number.
    public var sequence: UInt64
    /// Unix milliseconds.
    public var time: Int64
    /// What happened.
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
    cursor.skip(allOf: self)
    return cursor
  }

  /// The row that was appended last.
  @inline(__always) public var last: Row? {
    guard let tag = kinds.last, let kind = EventKind(rawValue: tag >> 1) else { return nil }
    return Row(
      sequence: nextSequence - 1, time: times[times.count - 1], kind: kind, more: tag & 1 == 1,
      ordinal: count(of: kind) - 1)
  }
}

// MARK: - Appending

extension EventColumns {
  /// Begins a row of `kind`, whose group's file then appends to each of the group's columns.
  ///
  /// - Parameter bound: bytes that the row adds to the payload at most, but for what every row has.
  @inline(__always) mutating func begin(_ kind: EventKind, _ time: Int64, more: Bool, bound: Int) {
    kinds.append(kind.rawValue << 1 | (more ? 1 : 0))
    times.append(time)
    payloadBound += bound + 24
  }
  // A line is at most an item number (4 bytes) and a quantity (7), each plus its share of a column.
  @inline(__always) static func bound(lines: Int) -> Int { 8 + lines * 12 }
  @inline(__always) static func bound(key: Name?) -> Int { key.map { $0.bytes.count + 20 } ?? 2 }

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
  /// Where the columns end now. Reads one count a kind.
  public var mark: Mark { Mark(cursor: end, payloadBound: payloadBound) }

  /// Forgets every row appended since `mark`.
  public mutating func truncate(to mark: Mark) {
    kinds.removeSubrange(mark.cursor.row...)
    times.removeSubrange(mark.cursor.row...)
    truncateGroups(to: mark.cursor)
    payloadBound = mark.payloadBound
  }
}
