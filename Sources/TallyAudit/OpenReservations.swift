import Glibc
import TallyFormat

/// What is still open, by the reservation's place in the log: blocks of 32,768 events.
///
/// Finding a reservation is two accesses and no hashing. A block that is mostly settled is copied together, and the
/// memory used for the next. What stays of every block is one bit an event, which tells a settled reservation from one
/// never made; of one that has open reservations, two bits more.
struct OpenReservations: ~Copyable {
  private static let rowBits = 15
  private static let rows = 1 << rowBits
  /// Of 64 events each.
  private static let wordBits = rowBits - 6
  private static let words = 1 << wordBits

  private struct Block {
    /// Where each listed reservation's record begins, 0 once it is closed.
    var places: UnsafeMutablePointer<UInt32>?
    /// Which events of the block are listed; `nil` while a place is kept for every event.
    var rows: UnsafeMutablePointer<ListedRows>?
    var listed = 0
    var records: UnsafeMutableRawPointer?
    var used = OpenReservations.firstPlace
    var capacity = 0
    var open = 0
    /// Bytes of records that have been written anew elsewhere.
    var left = 0
    /// Bytes of records that were added again.
    var again = 0
  }

  /// Which of 64 events have a place, and how many places come before theirs. The index of an event's place is one access
  /// and a count of bits; a search among the listed events took a third of the time of settling.
  private struct ListedRows: BitwiseCopyable {
    var bits: UInt64 = 0
    var before = 0
  }

  /// So that no place is 0.
  private static let firstPlace = 8

  private var blocks = FlatMemory<Block>()
  /// One bit an event that made a reservation.
  private(set) var made = EventSet()
  /// Memory of blocks that were copied together.
  private var sparePlaces: UnsafeMutablePointer<UInt32>?
  private var spareRecords: (memory: UnsafeMutableRawPointer, capacity: Int)?
  /// Reservations not closed.
  private(set) var count = 0
  /// How often records have moved: handles that are older are not valid any more.
  private(set) var moves = 0

  deinit {
    for index in 0..<blocks.count {
      let block = blocks[index]
      free(block.places)
      free(block.rows)
      free(block.records)
    }
    free(sparePlaces)
    free(spareRecords?.memory)
  }

  /// An open reservation, until records move.
  struct Handle {
    let record: OpenRecord
    fileprivate let block: Int
    fileprivate let place: UnsafeMutablePointer<UInt32>

    /// False once it has been closed.
    @inline(__always) var isOpen: Bool { place.pointee != 0 }
  }

  enum Standing {
    case neverMade
    case closed
    case open(Handle)
  }

  @inline(__always)
  func standing(_ ordinal: Int) -> Standing {
    let index = ordinal >> Self.rowBits
    guard index < blocks.count else { return made.contains(ordinal) ? .closed : .neverMade }
    let block = blocks.pointer(index)
    if let place = place(of: ordinal & (Self.rows - 1), block), place.pointee != 0, let records = block.pointee.records
    {
      return .open(
        Handle(record: OpenRecord(at: records + Int(place.pointee)), block: index, place: place))
    }
    return made.contains(ordinal) ? .closed : .neverMade
  }

  @inline(__always)
  private func place(of row: Int, _ block: UnsafeMutablePointer<Block>) -> UnsafeMutablePointer<UInt32>? {
    guard let places = block.pointee.places else { return nil }
    guard let rows = block.pointee.rows else { return places + row }
    let listed = rows[row >> 6]
    let bit: UInt64 = 1 << UInt64(row & 63)
    guard listed.bits & bit != 0 else { return nil }
    return places + (listed.before + (listed.bits & (bit - 1)).nonzeroBitCount)
  }

  /// Goes on behind the marks of an earlier audit, before anything is added.
  ///
  /// - Parameter tail: which of the events behind the pages of marks made reservations.
  mutating func goOn(behind earlier: EarlierMarks, _ tail: ArraySlice<UInt64>) {
    made.goOn(behind: earlier, .made, tail)
  }

  /// Has a block for all events before, but for those of the last, which is begun when something is added to it.
  mutating func goOn(behind events: Int) {
    while blocks.count < events >> Self.rowBits { blocks.append(Block()) }
  }

  func isOpen(_ ordinal: Int) -> Bool {
    if case .open = standing(ordinal) { return true }
    return false
  }

  // MARK: - Adding

  /// Bytes at most to be asked for when so many more events come, some of which are reservations with lines.
  func growth(by events: Int, holds: Int, lines: Int) -> Int {
    guard holds > 0 else { return 0 }
    let begun = events >> Self.rowBits + 1
    let records =
      holds * OpenRecord.length(id: Limits.maxNameBytes, customer: Limits.maxNameBytes, lines: 0)
      + lines * (OpenRecord.length(id: 0, customer: 0, lines: 1) - OpenRecord.length(id: 0, customer: 0, lines: 0))
    let last = blocks.count == 0 ? 0 : blocks[blocks.count - 1].capacity
    return blocks.growth(by: begun) + made.growth(by: events) + begun * Self.rows * 4 + 2 * (last + records)
  }

  /// Adds a reservation without lines; ``OpenRecord/addLine(_:_:)`` adds them.
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
    made.insert(ordinal)
    return put(ordinal, sequence: sequence, id: id, customer: customer, time: time, expires: expires, lines: lines)
  }

  /// Puts the record of an open reservation behind the others of its block, which keeps a place for every event.
  @inline(__always)
  private mutating func put(
    _ ordinal: Int, sequence: UInt64, id: UnsafeRawBufferPointer, customer: UnsafeRawBufferPointer, time: Int64,
    expires: Int64, lines: Int
  ) -> OpenRecord {
    let index = ordinal >> Self.rowBits
    let block = blocks.pointer(index)
    let size = OpenRecord.length(id: id.count, customer: customer.count, lines: lines)
    if block.pointee.used + size > block.pointee.capacity { grow(index, by: size) }
    guard let places = block.pointee.places, let records = block.pointee.records else { fatalError("no block begun") }
    let place = block.pointee.used
    // The decoder admits 64 bytes a name and 4,096 lines an event: a block stays below 2^32 bytes.
    places[ordinal & (Self.rows - 1)] = UInt32(truncatingIfNeeded: place)
    block.pointee.used += size
    block.pointee.open += 1
    block.pointee.listed += 1
    count += 1
    return OpenRecord(
      at: records + place, sequence: sequence, id: id, customer: customer, time: time, expires: expires, lines: lines)
  }

  /// Gives back the room for lines that were not added to the reservation that was added last.
  mutating func closeLines(of record: OpenRecord) {
    let length = record.length
    record.closeLines()
    blocks.pointer(blocks.count - 1).pointee.used -= length - record.length
  }

  @inline(never)
  private mutating func begin(_ index: Int) {
    let previous = blocks.count - 1
    while blocks.count <= index { blocks.append(Block()) }
    let block = blocks.pointer(index)
    let size = Self.rows * MemoryLayout<UInt32>.stride
    let places = sparePlaces ?? LargeMemory.resize(nil, to: size).bindMemory(to: UInt32.self, capacity: Self.rows)
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
    moves += 1
    let block = blocks.pointer(index)
    let capacity = max(block.pointee.capacity * 2, block.pointee.used + size, 1 << 16)
    block.pointee.records = LargeMemory.resize(block.pointee.records, to: capacity)
    block.pointee.capacity = capacity
  }

  // MARK: - Amending

  /// Gives a reservation other lines, and more room if it needs it.
  ///
  /// What it leaves behind is taken up again when it is half of the block: a block stays as large as twice what is open
  /// in it at most, and a line costs a few copies on average.
  mutating func setLines(_ lines: [OpenRecord.Line], of handle: Handle) {
    guard lines.count > handle.record.room else { return handle.record.setLines(lines) }
    moves += 1
    let old = handle.record
    let length = old.length
    // One more line at a time must not copy all of them each time.
    let room = min(max(lines.count, 2 * old.room), max(lines.count, Limits.maxLinesPerEvent))
    let size = OpenRecord.length(id: old.id.count, customer: old.customer.count, lines: room)
    let block = blocks.pointer(handle.block)
    let place = Int(handle.place.pointee)
    if block.pointee.used + size > block.pointee.capacity { grow(handle.block, by: size) }
    guard let records = block.pointee.records else { return }
    // Where the records are now.
    let before = OpenRecord(at: records + place)
    let record = OpenRecord(
      at: records + block.pointee.used, sequence: before.sequence, id: before.id, customer: before.customer,
      time: before.time, expires: before.expires, lines: room)
    record.mark(before.flags)
    record.setLines(lines)
    handle.place.pointee = UInt32(truncatingIfNeeded: block.pointee.used)
    block.pointee.used += size
    block.pointee.left += length
    if block.pointee.left > max(block.pointee.used / 2, 1 << 16) { gather(handle.block) }
  }

  /// Writes the records of a block back to back again.
  private mutating func gather(_ index: Int) {
    moves += 1
    let block = blocks.pointer(index)
    let old = block.pointee
    var size = Self.firstPlace
    OpenReservations.visit(old, words: 0..<Self.words) { size += $1.length }
    let records = LargeMemory.resize(nil, to: size)
    var used = Self.firstPlace
    OpenReservations.visit(old, words: 0..<Self.words) { row, record in
      let length = record.length
      guard let place = place(of: row, block), used + length <= size else { return }
      (records + used).copyMemory(from: record.base, byteCount: length)
      place.pointee = UInt32(truncatingIfNeeded: used)
      used += length
    }
    free(old.records)
    (block.pointee.records, block.pointee.capacity, block.pointee.used) = (records, size, used)
    (block.pointee.left, block.pointee.again) = (0, 0)
  }

  /// Bytes at most to be asked for when so many lines of open reservations are amended.
  func growth(amending lines: Int, of reservations: Int) -> Int {
    guard reservations > 0 else { return 0 }
    var largest = 0
    for index in 0..<blocks.count { largest = max(largest, blocks[index].capacity) }
    let record = OpenRecord.length(id: Limits.maxNameBytes, customer: Limits.maxNameBytes, lines: 0)
    let line = OpenRecord.length(id: 0, customer: 0, lines: 1) - OpenRecord.length(id: 0, customer: 0, lines: 0)
    return 2 * (largest + reservations * record + 2 * lines * line)
  }

  // MARK: - Adding again

  /// Adds a reservation that was closed, without lines; ``OpenRecord/setLines(_:)`` gives it some.
  ///
  /// Cost: where most of its block was settled, a place for every event of the block, some 10 µs; but not again until most
  /// of what is then open there has been settled.
  mutating func addAgain(
    _ ordinal: Int, sequence: UInt64, id: UnsafeRawBufferPointer, customer: UnsafeRawBufferPointer, time: Int64,
    expires: Int64, lines: Int
  ) -> OpenRecord {
    moves += 1
    let index = ordinal >> Self.rowBits
    if index >= blocks.count { begin(index) }
    if blocks[index].places == nil || blocks[index].rows != nil { widen(index) }
    let block = blocks.pointer(index)
    // What it was before may lie there still: one that is opened again and again must not fill the block.
    if block.pointee.again > max(block.pointee.used / 2, 1 << 16) { gather(index) }
    block.pointee.again += OpenRecord.length(id: id.count, customer: customer.count, lines: lines)
    return put(ordinal, sequence: sequence, id: id, customer: customer, time: time, expires: expires, lines: lines)
  }

  /// Keeps a place for every event of a block again.
  private mutating func widen(_ index: Int) {
    let block = blocks.pointer(index)
    let old = block.pointee
    let size = Self.rows * MemoryLayout<UInt32>.stride
    let places = LargeMemory.resize(nil, to: size).bindMemory(to: UInt32.self, capacity: Self.rows)
    memset(places, 0, size)
    if let records = old.records {
      OpenReservations.visit(old, words: 0..<Self.words) { row, record in
        places[row] = UInt32(truncatingIfNeeded: record.base - records)
      }
    }
    free(old.places)
    free(old.rows)
    (block.pointee.places, block.pointee.rows, block.pointee.listed) = (places, nil, old.open)
  }

  /// Bytes at most to be asked for when so many reservations with lines are added again.
  func growth(reopening reservations: Int, lines: Int) -> Int {
    guard reservations > 0 else { return 0 }
    let places = min(reservations, blocks.count) * Self.rows * 4
    return places + growth(amending: lines, of: reservations)
  }

  // MARK: - Closing

  /// Closes a reservation.
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
    moves += 1
    let old = block.pointee
    var new = Block()
    new.open = old.open
    new.listed = old.open
    if old.open > 0 {
      var size = Self.firstPlace
      OpenReservations.visit(old, words: 0..<Self.words) { size += $1.length }
      let places = LargeMemory.resize(nil, to: old.open * 4).bindMemory(to: UInt32.self, capacity: old.open)
      let rowBytes = Self.words * MemoryLayout<ListedRows>.stride
      let rows = LargeMemory.resize(nil, to: rowBytes).bindMemory(to: ListedRows.self, capacity: Self.words)
      memset(rows, 0, rowBytes)
      let records = LargeMemory.resize(nil, to: size)
      var kept = 0
      OpenReservations.visit(old, words: 0..<Self.words) { row, record in
        let length = record.length
        (records + new.used).copyMemory(from: record.base, byteCount: length)
        places[kept] = UInt32(truncatingIfNeeded: new.used)
        if rows[row >> 6].bits == 0 { rows[row >> 6].before = kept }
        rows[row >> 6].bits |= 1 << UInt64(row & 63)
        new.used += length
        kept += 1
      }
      (new.places, new.rows, new.records, new.capacity) = (places, rows, records, size)
    }
    block.pointee = new
    recycle(old)
  }

  private mutating func recycle(_ block: Block) {
    free(block.rows)
    let isWhole = block.rows == nil
    if isWhole, sparePlaces == nil { sparePlaces = block.places } else { free(block.places) }
    if isWhole, let records = block.records, block.capacity > spareRecords?.capacity ?? 0 {
      free(spareRecords?.memory)
      spareRecords = (records, block.capacity)
    } else {
      free(block.records)
    }
  }

  // MARK: - All of them

  /// All that is open in parts of about so many bytes of records; some may be larger, but not much: each part as a range
  /// of the log's places divided by 64. They cover all, and there is one at least.
  func parts(ofAbout bytes: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    var size = 0
    func cut(at end: Int) {
      guard size >= bytes else { return }
      parts.append(start..<end)
      (start, size) = (end, 0)
    }
    for index in 0..<blocks.count where blocks[index].open > 0 {
      let begin = index << Self.wordBits
      if blocks[index].used <= 8 * bytes {
        size += blocks[index].used
        cut(at: begin + Self.words)
      } else {
        // Large carts, which take long to write in any case.
        for word in 0..<Self.words {
          OpenReservations.visit(blocks[index], words: word..<(word + 1)) { size += $1.length }
          cut(at: begin + word + 1)
        }
      }
    }
    return parts + [start..<(blocks.count << Self.wordBits)]
  }

  /// The records of all open reservations of a part, in the log's order.
  @inline(__always)
  func visit(_ part: Range<Int>, _ body: (OpenRecord) -> Void) {
    var word = part.lowerBound
    while word < part.upperBound {
      let begin = word - word % Self.words
      let end = min(begin + Self.words, part.upperBound)
      OpenReservations.visit(blocks[word >> Self.wordBits], words: (word - begin)..<(end - begin)) { body($1) }
      word = end
    }
  }

  /// All open reservations with their places in the log, in its order.
  func visit(_ body: (_ ordinal: Int, OpenRecord) -> Void) {
    for index in 0..<blocks.count {
      OpenReservations.visit(blocks[index], words: 0..<Self.words) { body(index << Self.rowBits + $0, $1) }
    }
  }

  /// The last open reservation before a part.
  func last(before part: Range<Int>) -> OpenRecord? {
    var last: OpenRecord?
    var index = part.lowerBound >> Self.wordBits
    if index < blocks.count {
      OpenReservations.visit(blocks[index], words: 0..<(part.lowerBound % Self.words)) { last = $1 }
    }
    while last == nil, index > 0 {
      index -= 1
      OpenReservations.visit(blocks[index], words: 0..<Self.words) { last = $1 }
    }
    return last
  }

  /// The records of a block's open reservations among some times 64 events, each with its event within the block.
  @inline(__always)
  private static func visit(_ block: Block, words: Range<Int>, _ body: (_ row: Int, OpenRecord) -> Void) {
    guard block.open > 0, let places = block.places, let records = block.records else { return }
    if let rows = block.rows {
      for word in words {
        var next = places + rows[word].before
        var bits = rows[word].bits
        while bits != 0 {
          if next.pointee != 0 {
            body(word << 6 + bits.trailingZeroBitCount, OpenRecord(at: records + Int(next.pointee)))
          }
          next += 1
          bits &= bits - 1
        }
      }
    } else {
      for row in (words.lowerBound << 6)..<(words.upperBound << 6) where places[row] != 0 {
        body(row, OpenRecord(at: records + Int(places[row])))
      }
    }
  }
}
