/// A hold in one cache line: 64 bytes, and no reference that counts.
///
/// There are millions of them, and fresh or cold memory costs more than the fold: small fields stand in the high bits
/// of numbers that are below 2^53. What few have (a cart's further lines, a customer, a long id) stands apart.
struct ReservationRecord: Equatable, Sendable {
  /// Sequence number (53 bits), id length (7), form of the id (2), whether there is a customer (1).
  private var sequenceAndID: UInt64
  /// Time (53 bits), flags (5), kind of the closing event (4), whether it was altered (1), whether it was never filled (1).
  private var timeAndFlags: UInt64
  /// Unix milliseconds; 0: never. Of one that waits: when it gives up.
  var expires: Int64
  private let idHigh: UInt64
  private let idLow: UInt64
  private(set) var reserved: Int64
  /// What is open of the first line; once closed, the closing event.
  private var openOrClosing: Int64
  private(set) var item: ItemNumber
  /// Where the table keeps the rest, plus 1; 0: there is none.
  var extraPlace: UInt32 = 0

  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    static let committed = Flags(rawValue: 1)
    static let released = Flags(rawValue: 2)
    static let closedWhole = Flags(rawValue: 4)
    static let closedByAdjust = Flags(rawValue: 8)
    static let closed = Flags(rawValue: 16)
  }

  private static let numberBits: UInt64 = 53
  private static let numberMask: UInt64 = 1 << numberBits - 1
  private static let customerBit = numberBits + 9
  private static let alteredBit = numberBits + 9
  private static let waitingBit = numberBits + 10

  @inline(__always)
  init(
    sequence: UInt64, time: Int64, expires: Int64, id: CompactName, item: ItemNumber, reserved: Int64, open: Int64
  ) {
    sequenceAndID =
      sequence | UInt64(id.length) << ReservationRecord.numberBits | UInt64(id.form.rawValue)
      << (ReservationRecord.numberBits + 7)
    timeAndFlags = UInt64(bitPattern: time)
    self.expires = expires
    idHigh = id.high
    idLow = id.low
    self.reserved = reserved
    openOrClosing = open
    self.item = item
  }

  /// Of an id of `idLength` bytes that is not long, by its ``CompactName/halves(of:)``; all is open.
  @inline(__always)
  init(
    sequence: UInt64, time: Int64, expires: Int64, id: (high: UInt64, low: UInt64), idLength: Int, _ line: LineEntry
  ) {
    let form: CompactName.Form = idLength <= 16 ? .text : .uuid
    sequenceAndID =
      sequence | UInt64(idLength) << ReservationRecord.numberBits | UInt64(form.rawValue)
      << (ReservationRecord.numberBits + 7)
    timeAndFlags = UInt64(bitPattern: time)
    self.expires = expires
    idHigh = id.high
    idLow = id.low
    reserved = line.quantity
    openOrClosing = line.quantity
    item = line.item
  }

  /// Of a customer's name in the extra, so that the extra need not be looked at where there is none.
  @inline(__always) var hasCustomer: Bool {
    get { sequenceAndID >> ReservationRecord.customerBit & 1 == 1 }
    set {
      sequenceAndID =
        sequenceAndID & ~(1 << ReservationRecord.customerBit)
        | (newValue ? 1 : 0) << ReservationRecord.customerBit
    }
  }

  /// It waits, or has waited until it was closed; what it has of ``expires`` is no hold's.
  @inline(__always) var isUnfilled: Bool { timeAndFlags >> ReservationRecord.waitingBit & 1 == 1 }
  /// It holds nothing yet; nothing of it is ``open``.
  @inline(__always) var waits: Bool { isUnfilled && isOpen }

  /// It is told by the record alone: one line, no customer, no long id, and it never waited.
  @inline(__always) var isPlain: Bool { extraPlace == 0 }

  /// Takes back that it holds something.
  mutating func beginWaiting() {
    timeAndFlags |= 1 << ReservationRecord.waitingBit
    openOrClosing = 0
  }

  mutating func fill(expires: Int64) {
    timeAndFlags &= ~(1 << ReservationRecord.waitingBit)
    openOrClosing = reserved
    self.expires = expires
  }

  /// It was extended or amended: it is not any more what its `reserved` event says.
  @inline(__always) var isAltered: Bool {
    get { timeAndFlags >> ReservationRecord.alteredBit & 1 == 1 }
    set {
      timeAndFlags =
        timeAndFlags & ~(1 << ReservationRecord.alteredBit) | (newValue ? 1 : 0) << ReservationRecord.alteredBit
    }
  }

  /// Puts another first line in place of what an open one has.
  @inline(__always) mutating func setFirst(_ line: Reservation.Line) {
    (item, reserved, openOrClosing) = (line.item, line.reserved, line.open)
  }

  /// Stands in a slot where no reservation is.
  static let none = ReservationRecord(
    sequence: 0, time: 0, expires: 0, id: .none, item: ItemNumber(0), reserved: 0, open: 0)
  @inline(__always) var exists: Bool { sequenceAndID != 0 }

  @inline(__always) var sequence: UInt64 { sequenceAndID & ReservationRecord.numberMask }
  @inline(__always) var time: Int64 { Int64(timeAndFlags & ReservationRecord.numberMask) }
  @inline(__always) var flags: Flags {
    get { Flags(rawValue: UInt8(timeAndFlags >> ReservationRecord.numberBits & 31)) }
    set {
      timeAndFlags =
        timeAndFlags & ~(31 << ReservationRecord.numberBits) | UInt64(newValue.rawValue) << ReservationRecord.numberBits
    }
  }
  @inline(__always) var isOpen: Bool { !flags.contains(.closed) }
  @inline(__always) var open: Int64 {
    get { isOpen ? openOrClosing : 0 }
    set { openOrClosing = newValue }
  }
  var closingSequence: UInt64 { UInt64(openOrClosing) }
  var closingKind: EventKind {
    EventKind(rawValue: UInt8(timeAndFlags >> (ReservationRecord.numberBits + 5) & 15)) ?? .expired
  }

  var closing: Reservation.Closing? {
    isOpen
      ? nil
      : Reservation.Closing(
        sequence: closingSequence, kind: closingKind, isWhole: flags.contains(.closedWhole),
        byAdjust: flags.contains(.closedByAdjust))
  }

  var state: ReservationState {
    let wasCommitted = flags.contains(.committed)
    let wasReleased = flags.contains(.released)
    if waits { return .waiting }
    guard !isOpen else { return wasCommitted || wasReleased ? .partlySettled : .open }
    switch (wasCommitted, wasReleased, closingKind == .expired) {
    case (true, false, false): return .committed
    case (false, true, false): return .released
    case (false, false, true): return .expired
    default: return .mixed
    }
  }

  @inline(__always) mutating func close(_ closing: Reservation.Closing) {
    var flags = flags.union(.closed)
    if closing.isWhole { flags.insert(.closedWhole) }
    if closing.byAdjust { flags.insert(.closedByAdjust) }
    self.flags = flags
    timeAndFlags |= UInt64(closing.kind.rawValue) << (ReservationRecord.numberBits + 5)
    openOrClosing = Int64(closing.sequence)
  }

  var idLength: UInt8 { UInt8(sequenceAndID >> ReservationRecord.numberBits & 127) }
  private var idForm: CompactName.Form {
    CompactName.Form(rawValue: UInt8(sequenceAndID >> (ReservationRecord.numberBits + 7) & 3)) ?? .text
  }

  func id(longBytes: [UInt8]?) -> CompactName {
    CompactName(high: idHigh, low: idLow, length: idLength, form: idForm, bytes: longBytes)
  }

  /// Whether the id is this one, which is not long: of so many bytes it is a text or a UUID.
  @inline(__always) func hasID(_ halves: (high: UInt64, low: UInt64), length: Int) -> Bool {
    idHigh == halves.high && idLow == halves.low && Int(idLength) == length && idForm != .long
  }
}
