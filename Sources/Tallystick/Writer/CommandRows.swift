/// Commands for bulk work, row by row in flat memory: no allocation a command.
///
/// Items are named by their number (``TallyLog/number(of:)``). Rows have no keys, times or expected sequence numbers:
/// for those use ``Command``. A value; fill it, hand it over, empty it, fill it again.
public struct CommandRows: Sendable {
  enum Kind: UInt8 {
    case reserve, commit, release, receive, extend, amend
    /// Holds the place of a command that is no row: see ``NamedRows``.
    case other

    @inline(__always) var settles: Bool { self == .commit || self == .release }
    /// It names a reservation that is there.
    @inline(__always) var refers: Bool { settles || self == .extend || self == .amend }
  }
  private(set) var kinds: [Kind] = []
  private(set) var names = StringColumn()
  private(set) var customers = StringColumn()
  private(set) var lines = LineColumn()
  private(set) var timesToLive: [Int64] = []

  /// No rows.
  public init() {}
  /// How many there are.
  public var count: Int { kinds.count }
  /// There are none.
  public var isEmpty: Bool { kinds.isEmpty }

  /// Forgets the rows and keeps their memory.
  public mutating func removeAll() {
    kinds.removeAll(keepingCapacity: true)
    names.removeAll()
    customers.removeAll()
    lines.removeAll()
    timesToLive.removeAll(keepingCapacity: true)
  }

  /// Holds `quantity` of one item.
  ///
  /// - Parameters:
  ///   - id: 1 to 64 bytes of UTF-8.
  ///   - item: of an item that exists.
  ///   - quantity: 1 … 2^53 − 1.
  ///   - timeToLive: milliseconds; `nil`: never expires.
  @inline(__always)
  public mutating func reserve(
    id: UnsafeBufferPointer<UInt8>, item: ItemNumber, quantity: Int64, timeToLive: Int64? = nil
  ) {
    withUnsafePointer(to: LineEntry(item: item, quantity: quantity)) {
      reserve(id: id, lines: UnsafeBufferPointer(start: $0, count: 1), timeToLive: timeToLive)
    }
  }

  /// Holds several items, or none of them.
  ///
  /// - Parameters:
  ///   - id: 1 to 64 bytes of UTF-8.
  ///   - lines: 1 to 4,096, ascending by item number, each item once.
  ///   - customer: 1 to 64 bytes of UTF-8; `nil`: none.
  ///   - timeToLive: milliseconds; `nil`: never expires.
  @inline(__always)
  public mutating func reserve(
    id: UnsafeBufferPointer<UInt8>, lines: UnsafeBufferPointer<LineEntry>, customer: Name? = nil,
    timeToLive: Int64? = nil
  ) {
    add(.reserve, id, lines)
    // No bytes stand for none: an empty name is kept as one that is refused.
    if let customer {
      customers.append(customer.isEmpty ? Name(bytes: [0]) : customer)
    } else {
      customers.appendEmpty()
    }
    // 0 stands for none here; an explicit 0 is no time to live, and is refused like any other that is out of range.
    timesToLive.append(timeToLive.map { $0 == 0 ? -1 : $0 } ?? 0)
  }

  /// As ``reserve(id:item:quantity:timeToLive:)``, from a `String`.
  public mutating func reserve(id: String, item: ItemNumber, quantity: Int64, timeToLive: Int64? = nil) {
    var id = id
    id.withUTF8 { reserve(id: $0, item: item, quantity: quantity, timeToLive: timeToLive) }
  }

  /// Commits all that is open of a reservation.
  public mutating func commit(id: UnsafeBufferPointer<UInt8>) { addSimple(.commit, id) }
  /// Releases all that is open of a reservation.
  public mutating func release(id: UnsafeBufferPointer<UInt8>) { addSimple(.release, id) }
  /// Moves the expiry of an open hold.
  ///
  /// - Parameters:
  ///   - id: the reservation's.
  ///   - timeToLive: milliseconds from the judgement on; `nil`: it never expires.
  public mutating func extend(id: UnsafeBufferPointer<UInt8>, timeToLive: Int64?) {
    add(.extend, id, UnsafeBufferPointer(start: nil, count: 0))
    customers.appendEmpty()
    timesToLive.append(timeToLive.map { $0 == 0 ? -1 : $0 } ?? 0)
  }
  /// Has an open reservation hold these quantities.
  ///
  /// - Parameters:
  ///   - id: the reservation's.
  ///   - lines: 1 to 4,096, ascending by item number, each item once; 0 drops one.
  public mutating func amend(id: UnsafeBufferPointer<UInt8>, lines: UnsafeBufferPointer<LineEntry>) {
    add(.amend, id, lines)
    customers.appendEmpty()
    timesToLive.append(0)
  }
  /// Receives stock of an item that exists.
  public mutating func receive(item: ItemNumber, quantity: Int64) {
    withUnsafePointer(to: LineEntry(item: item, quantity: quantity)) {
      add(.receive, UnsafeBufferPointer(start: nil, count: 0), UnsafeBufferPointer(start: $0, count: 1))
    }
    customers.appendEmpty()
    timesToLive.append(0)
  }

  private mutating func addSimple(_ kind: Kind, _ id: UnsafeBufferPointer<UInt8>) {
    add(kind, id, UnsafeBufferPointer(start: nil, count: 0))
    customers.appendEmpty()
    timesToLive.append(0)
  }

  /// Whether any of some rows names a reservation that is there.
  func refers(_ range: Range<Int>) -> Bool {
    kinds.withUnsafeBufferPointer { kinds in
      var found = false
      for index in range { found = found || kinds[index].refers }
      return found
    }
  }

  mutating func appendOther() {
    addSimple(.other, UnsafeBufferPointer(start: nil, count: 0))
  }

  /// Says which item a reserve of one line names.
  mutating func setItem(_ item: ItemNumber, of row: Int) { lines.setItem(item, at: lines.range(row).lowerBound) }

  @inline(__always)
  private mutating func add(_ kind: Kind, _ id: UnsafeBufferPointer<UInt8>, _ entries: UnsafeBufferPointer<LineEntry>) {
    kinds.append(kind)
    names.append(id)
    lines.append(entries)
  }
}
