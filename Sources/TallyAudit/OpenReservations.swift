/// What is still open, by the reservation's place in the log: blocks of 32,768 events, each with flat arrays.
///
/// Finding a reservation is two array accesses and no hashing. A block gives its memory back when most of it is
/// settled; what stays of every block is one bit an event, which tells a settled reservation from one never made.
struct OpenReservations {
  struct Line {
    var item: UInt32
    var reserved: Int64
    var open: Int64
  }

  struct Reservation {
    var time: Int64
    /// 0: never.
    var expires: Int64
    /// Id and customer, back to back.
    var namesStart: UInt32
    var linesStart: UInt32
    var lineCount: UInt16
    /// Event within the block.
    var row: UInt16
    var idLength: UInt8
    var customerLength: UInt8
    /// 1: some of it was committed; 2: some of it was released; 128: closed.
    var flags: UInt8
  }

  private static let closed: UInt8 = 128
  private static let rowBits = 15
  private static let rows = 1 << rowBits

  fileprivate struct Block {
    /// Index + 1 in ``reservations`` by row; empty when nothing is open.
    var slots: [UInt16] = []
    /// One bit a row that is a reservation.
    var made: [UInt64] = []
    var reservations: [Reservation] = []
    var lines: [Line] = []
    var names: [UInt8] = []
    var open = 0
  }

  private var blocks: [Block] = []
  /// Reservations not closed.
  private(set) var count = 0

  /// An open reservation, until the next is added or closed.
  struct Handle {
    fileprivate var block: Int
    fileprivate var slot: Int
  }

  enum Standing {
    case neverMade
    case closed
    case open(Handle)
  }

  @inline(__always)
  func standing(_ ordinal: Int) -> Standing {
    let index = ordinal >> Self.rowBits
    let row = ordinal & (Self.rows - 1)
    guard index < blocks.count, !blocks[index].made.isEmpty, blocks[index].made[row >> 6] >> UInt64(row & 63) & 1 == 1
    else { return .neverMade }
    guard !blocks[index].slots.isEmpty else { return .closed }
    let slot = Int(blocks[index].slots[row])
    guard slot > 0, blocks[index].reservations[slot - 1].flags & Self.closed == 0 else { return .closed }
    return .open(Handle(block: index, slot: slot - 1))
  }

  func isOpen(_ ordinal: Int) -> Bool {
    if case .open = standing(ordinal) { return true }
    return false
  }

  /// Adds a reservation without lines; ``addLine(_:quantity:)`` adds them to the one added last.
  @inline(__always)
  mutating func add(
    _ ordinal: Int, id: UnsafeBufferPointer<UInt8>, customer: UnsafeBufferPointer<UInt8>, time: Int64, expires: Int64
  ) {
    let index = ordinal >> Self.rowBits
    while blocks.count <= index { blocks.append(Block()) }
    let row = ordinal & (Self.rows - 1)
    if blocks[index].slots.isEmpty {
      blocks[index].slots = [UInt16](repeating: 0, count: Self.rows)
      if blocks[index].made.isEmpty { blocks[index].made = [UInt64](repeating: 0, count: Self.rows / 64) }
    }
    let names = blocks[index].names.count
    blocks[index].names.append(contentsOf: id)
    if !customer.isEmpty { blocks[index].names.append(contentsOf: customer) }
    // The decoder admits 64 bytes a name and 4,096 lines an event: 4 MB and 2^27 lines a block, which fit.
    blocks[index].reservations.append(
      Reservation(
        time: time, expires: expires, namesStart: UInt32(names), linesStart: UInt32(blocks[index].lines.count),
        lineCount: 0, row: UInt16(row), idLength: UInt8(truncatingIfNeeded: id.count),
        customerLength: UInt8(truncatingIfNeeded: customer.count), flags: 0))
    blocks[index].made[row >> 6] |= 1 << UInt64(row & 63)
    blocks[index].slots[row] = UInt16(blocks[index].reservations.count)
    blocks[index].open += 1
    count += 1
  }

  @inline(__always)
  mutating func addLine(_ item: UInt32, quantity: Int64) {
    let index = blocks.count - 1
    let last = blocks[index].reservations.count - 1
    blocks[index].lines.append(Line(item: item, reserved: quantity, open: quantity))
    blocks[index].reservations[last].lineCount += 1
  }

  func reservation(_ handle: Handle) -> Reservation { blocks[handle.block].reservations[handle.slot] }

  func lineCount(_ handle: Handle) -> Int { Int(blocks[handle.block].reservations[handle.slot].lineCount) }

  @inline(__always)
  func line(_ handle: Handle, _ index: Int) -> Line {
    blocks[handle.block].lines[Int(blocks[handle.block].reservations[handle.slot].linesStart) + index]
  }

  /// Takes from what is open of a line; not below 0.
  @inline(__always)
  mutating func settle(_ handle: Handle, line index: Int, _ quantity: Int64) {
    let place = Int(blocks[handle.block].reservations[handle.slot].linesStart) + index
    blocks[handle.block].lines[place].open = max(blocks[handle.block].lines[place].open - quantity, 0)
  }

  func id(_ handle: Handle) -> ArraySlice<UInt8> { blocks[handle.block].id(handle.slot) }
  func customer(_ handle: Handle) -> ArraySlice<UInt8> { blocks[handle.block].customer(handle.slot) }

  /// Sets `flag`, and closes the reservation if nothing of it is open.
  ///
  /// - Returns: whether it is closed now; then no handle is valid any more.
  @inline(__always)
  mutating func mark(_ handle: Handle, flag: UInt8) -> Bool {
    let index = handle.block
    blocks[index].reservations[handle.slot].flags |= flag
    let reservation = blocks[index].reservations[handle.slot]
    let start = Int(reservation.linesStart)
    for line in start..<(start + Int(reservation.lineCount)) where blocks[index].lines[line].open > 0 { return false }
    blocks[index].reservations[handle.slot].flags |= Self.closed
    blocks[index].open -= 1
    count -= 1
    // A quarter left: worth copying. That is less than one copy for each that was closed.
    if blocks[index].open * 4 < blocks[index].reservations.count { thin(index) }
    return true
  }

  /// Drops the closed reservations of a block. The last block keeps its memory: it is still being filled.
  private mutating func thin(_ index: Int) {
    let isLast = index == blocks.count - 1
    if isLast, blocks[index].reservations.count < 1024 { return }
    var old = Block()
    swap(&old, &blocks[index])
    var new = Block()
    new.made = old.made
    if old.open > 0 || isLast {
      new.slots = [UInt16](repeating: 0, count: Self.rows)
      new.open = old.open
      for slot in old.reservations.indices where old.reservations[slot].flags & Self.closed == 0 {
        var reservation = old.reservations[slot]
        let start = Int(reservation.linesStart)
        reservation.namesStart = UInt32(new.names.count)
        reservation.linesStart = UInt32(new.lines.count)
        new.names.append(contentsOf: old.id(slot))
        new.names.append(contentsOf: old.customer(slot))
        new.lines.append(contentsOf: old.lines[start..<(start + Int(reservation.lineCount))])
        new.reservations.append(reservation)
        new.slots[Int(reservation.row)] = UInt16(new.reservations.count)
      }
    }
    blocks[index] = new
  }

  /// Every open reservation in the log's order: its place, itself, its names and lines.
  func forEach(
    _ body: (Int, Reservation, _ id: ArraySlice<UInt8>, _ customer: ArraySlice<UInt8>, ArraySlice<Line>) -> Void
  ) {
    for (index, block) in blocks.enumerated() where block.open > 0 {
      for slot in block.reservations.indices where block.reservations[slot].flags & Self.closed == 0 {
        let reservation = block.reservations[slot]
        let start = Int(reservation.linesStart)
        body(
          index << Self.rowBits + Int(reservation.row), reservation, block.id(slot), block.customer(slot),
          block.lines[start..<(start + Int(reservation.lineCount))])
      }
    }
  }
}

extension OpenReservations.Block {
  fileprivate func id(_ slot: Int) -> ArraySlice<UInt8> {
    let start = Int(reservations[slot].namesStart)
    return names[start..<(start + Int(reservations[slot].idLength))]
  }
  fileprivate func customer(_ slot: Int) -> ArraySlice<UInt8> {
    let start = Int(reservations[slot].namesStart) + Int(reservations[slot].idLength)
    return names[start..<(start + Int(reservations[slot].customerLength))]
  }
}
