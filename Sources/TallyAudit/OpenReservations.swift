import Glibc

/// What is still open, by the reservation's place in the log: blocks of 32,768 events.
///
/// Finding a reservation is two accesses and no hashing. A block that is mostly settled is copied together, and the
/// memory used for the next; what stays of every block is one bit an event, which tells a settled reservation from one
/// never made.
struct OpenReservations: ~Copyable {
  private static let rowBits = 15
  private static let rows = 1 << rowBits

  private struct Block {
    /// Where each listed reservation's record begins, 0 once it is closed.
    var places: UnsafeMutablePointer<UInt32>?
    /// The event within the block of each listed reservation, ascending; `nil` while a place is kept for every event.
    var listedRows: UnsafeMutablePointer<UInt16>?
    var listed = 0
    var records: UnsafeMutableRawPointer?
    var used = OpenReservations.firstPlace
    var capacity = 0
    var open = 0
  }

  /// So that no place is 0.
  private static let firstPlace = 8

  private var blocks = FlatMemory<Block>()
  /// One bit an event that made a reservation.
  private var made = FlatMemory<UInt64>()
  /// Memory of blocks that were copied together.
  private var sparePlaces: UnsafeMutablePointer<UInt32>?
  private var spareRecords: (memory: UnsafeMutableRawPointer, capacity: Int)?
  /// Reservations not closed.
  private(set) var count = 0

  deinit {
    for index in 0..<blocks.count {
      let block = blocks[index]
      free(block.places)
      free(block.listedRows)
      free(block.records)
    }
    free(sparePlaces)
    free(spareRecords?.memory)
  }

  /// An open reservation, until the next is added or closed.
  struct Handle {
    let record: OpenRecord
    fileprivate let block: Int
    fileprivate let place: UnsafeMutablePointer<UInt32>
  }

  enum Standing {
    case neverMade
    case closed
    case open(Handle)
  }

  @inline(__always)
  func standing(_ ordinal: Int) -> Standing {
    let index = ordinal >> Self.rowBits
    guard index < blocks.count else { return .neverMade }
    let block = blocks.pointer(index)
    if let place = place(of: ordinal & (Self.rows - 1), block), place.pointee != 0, let records = block.pointee.records
    {
      return .open(
        Handle(record: OpenRecord(at: records + Int(place.pointee)), block: index, place: place))
    }
    return wasMade(ordinal) ? .closed : .neverMade
  }

  @inline(__always)
  private func place(of row: Int, _ block: UnsafeMutablePointer<Block>) -> UnsafeMutablePointer<UInt32>? {
    guard let places = block.pointee.places else { return nil }
    guard let rows = block.pointee.listedRows else { return places + row }
    return search(row, rows, block.pointee.listed).map { places + $0 }
  }

  /// The index of `row` among ascending `rows`.
  private func search(_ row: Int, _ rows: UnsafeMutablePointer<UInt16>, _ count: Int) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if Int(rows[middle]) < row { low = middle + 1 } else { high = middle }
    }
    return low < count && Int(rows[low]) == row ? low : nil
  }

  private func wasMade(_ ordinal: Int) -> Bool {
    ordinal >> 6 < made.count && made[ordinal >> 6] >> UInt64(ordinal & 63) & 1 == 1
  }

  func isOpen(_ ordinal: Int) -> Bool {
    if case .open = standing(ordinal) { return true }
    return false
  }

  // MARK: - Adding

  /// Adds a reservation without lines; ``addLine(_:quantity:)`` adds them to the one added last.
  ///
  /// - Parameters:
  ///   - ordinal: above that of the one added before.
  ///   - lines: how many lines may be added.
  @inline(__always)
  mutating func add(
    _ ordinal: Int, sequence: UInt64, id: UnsafeRawBufferPointer, customer: UnsafeRawBufferPointer, time: Int64,
    expires: Int64, lines: Int
  ) -> OpenRecord {
    let index = ordinal >> Self.rowBits
    if index >= blocks.count { begin(index) }
    while made.count <= ordinal >> 6 { made.append(0) }
    made.pointer(ordinal >> 6).pointee |= 1 << UInt64(ordinal & 63)
    let block = blocks.pointer(index)
    let size = OpenRecord.fixedBytes + id.count + customer.count + lines * OpenRecord.lineBytes
    if block.pointee.used + size > block.pointee.capacity { grow(index, by: size) }
    guard let places = block.pointee.places, let records = block.pointee.records else { fatalError("no block begun") }
    let place = block.pointee.used
    // The decoder admits 64 bytes a name and 4,096 lines an event: a block stays below 2^32 bytes.
    places[ordinal & (Self.rows - 1)] = UInt32(truncatingIfNeeded: place)
    block.pointee.used += size - lines * OpenRecord.lineBytes
    block.pointee.open += 1
    block.pointee.listed += 1
    count += 1
    return OpenRecord(
      at: records + place, sequence: sequence, id: id, customer: customer, time: time, expires: expires)
  }

  /// Adds a line to the reservation that was added last.
  @inline(__always)
  mutating func addLine(to record: OpenRecord, _ item: UInt32, _ quantity: Int64) {
    record.addLine(item, quantity)
    blocks.pointer(blocks.count - 1).pointee.used += OpenRecord.lineBytes
  }

  @inline(never)
  private mutating func begin(_ index: Int) {
    let previous = blocks.count - 1
    while blocks.count <= index { blocks.append(Block()) }
    let block = blocks.pointer(index)
    let size = Self.rows * MemoryLayout<UInt32>.stride
    let places = sparePlaces ?? memory(nil, size).bindMemory(to: UInt32.self, capacity: Self.rows)
    sparePlaces = nil
    memset(places, 0, size)
    block.pointee.places = places
    if let spareRecords {
      block.pointee.records = spareRecords.memory
      block.pointee.capacity = spareRecords.capacity
    }
    spareRecords = nil
    guard previous >= 0 else { return }
    // The next block will be like this one: a guess that saves it growing step by step.
    if block.pointee.records == nil { grow(index, by: blocks[previous].used + blocks[previous].used / 8) }
    // Still being filled until now, and so never looked at.
    thinIfWorthwhile(previous)
  }

  @inline(never)
  private mutating func grow(_ index: Int, by size: Int) {
    let block = blocks.pointer(index)
    let capacity = max(block.pointee.capacity * 2, block.pointee.used + size, 1 << 16)
    block.pointee.records = memory(block.pointee.records, capacity)
    block.pointee.capacity = capacity
  }

  private func memory(_ old: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer {
    // As an array does when memory runs out: there is nothing left to do.
    guard let new = realloc(old, max(size, 1)) else { fatalError("out of memory") }
    return new
  }

  // MARK: - Closing

  /// Closes a reservation: no handle is valid any more.
  @inline(__always)
  mutating func close(_ handle: Handle) {
    handle.place.pointee = 0
    let block = blocks.pointer(handle.block)
    block.pointee.open -= 1
    count -= 1
    if block.pointee.open * 4 < block.pointee.listed { thinIfWorthwhile(handle.block) }
  }

  /// Copies what is open of a block together if that is a quarter at most: less than one copy for each that was closed.
  @inline(never)
  private mutating func thinIfWorthwhile(_ index: Int) {
    let block = blocks.pointer(index)
    // The last block is still being filled.
    guard index < blocks.count - 1, block.pointee.open * 4 <= block.pointee.listed else { return }
    let old = block.pointee
    var new = Block()
    new.open = old.open
    new.listed = old.open
    if old.open > 0, let oldPlaces = old.places, let oldRecords = old.records {
      let entries = old.listedRows == nil ? Self.rows : old.listed
      var size = Self.firstPlace
      for entry in 0..<entries where oldPlaces[entry] != 0 {
        size += OpenRecord(at: oldRecords + Int(oldPlaces[entry])).length
      }
      let places = memory(nil, old.open * 4).bindMemory(to: UInt32.self, capacity: old.open)
      let rows = memory(nil, old.open * 2).bindMemory(to: UInt16.self, capacity: old.open)
      let records = memory(nil, size)
      var kept = 0
      for entry in 0..<entries where oldPlaces[entry] != 0 {
        let record = OpenRecord(at: oldRecords + Int(oldPlaces[entry]))
        let length = record.length
        (records + new.used).copyMemory(from: record.base, byteCount: length)
        places[kept] = UInt32(truncatingIfNeeded: new.used)
        rows[kept] = old.listedRows?[entry] ?? UInt16(truncatingIfNeeded: entry)
        new.used += length
        kept += 1
      }
      (new.places, new.listedRows, new.records, new.capacity) = (places, rows, records, size)
    }
    block.pointee = new
    recycle(old)
  }

  private mutating func recycle(_ block: Block) {
    free(block.listedRows)
    if block.listedRows == nil, sparePlaces == nil { sparePlaces = block.places } else { free(block.places) }
    if let records = block.records, block.capacity > spareRecords?.capacity ?? 0, block.listedRows == nil {
      free(spareRecords?.memory)
      spareRecords = (records, block.capacity)
    } else {
      free(block.records)
    }
  }

  // MARK: - All of them

  /// The records of all open reservations, in the log's order.
  func visit(_ body: (OpenRecord) -> Void) {
    for index in 0..<blocks.count {
      let block = blocks[index]
      guard block.open > 0, let places = block.places, let records = block.records else { continue }
      var left = block.open
      for entry in 0..<(block.listedRows == nil ? Self.rows : block.listed) where places[entry] != 0 {
        body(OpenRecord(at: records + Int(places[entry])))
        left -= 1
        if left == 0 { break }
      }
    }
  }
}
