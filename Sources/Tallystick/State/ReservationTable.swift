import CKernel

/// Reservations by sequence number: a slab of records in chunks, and pages of places in it.
///
/// Sequence numbers are dense, so a page of 4,096 of them is a plain array, made when the first of them is inserted and
/// dropped when the last is removed: nothing is hashed but the number of the page, nothing is ever copied to grow, and
/// neighbours in time are neighbours in memory. Slots of removed reservations are used again.
struct ReservationTable: Sendable {
  private static let chunkBits = 17
  private static let chunkMask = 1 << chunkBits - 1
  private static let pageBits: UInt64 = 12
  /// A power of two: pages of 16 million events are told from each other.
  private static let recentPages = 4096

  private struct Page: Sendable {
    /// The slot + 1; 0: none.
    var places: [UInt32]
    var count: Int
  }

  private var chunks: [[ReservationRecord]] = []
  private let nextChunk = MemoryAhead<ReservationRecord>()
  private var slotCount = 0
  private var free: [UInt32] = []
  private var extras: [ReservationExtra?] = []
  private var freeExtras: [UInt32] = []
  private var pages: [UInt64: Int] = [:]
  private var pageSlab: [Page] = []
  private var freePages: [Int] = []
  /// Pages used lately, by the low bits of their number: events come nearly in order, and what is settled was reserved
  /// not long ago. (With 16 of them, a look into the dictionary was some 15 ns of what a settled order took.)
  private var recent = [(number: UInt64, index: Int)](repeating: (.max, 0), count: recentPages)
  private(set) var count = 0

  @inline(__always) private func pageIndex(_ number: UInt64) -> Int? {
    let entry = recent[Int(number) & (ReservationTable.recentPages - 1)]
    return entry.number == number ? entry.index : pages[number]
  }

  @inline(__always) private static func offset(_ sequence: UInt64) -> Int { Int(sequence & (1 << pageBits - 1)) }

  /// The slot of a reservation, good until it is removed.
  @inline(__always) func slot(of sequence: UInt64) -> Int? {
    guard let page = pageIndex(sequence >> ReservationTable.pageBits) else { return nil }
    // Through pointers: a page's array would be retained.
    let place = pageSlab.withUnsafeBufferPointer {
      $0[page].places.withUnsafeBufferPointer { $0[ReservationTable.offset(sequence)] }
    }
    return place == 0 ? nil : Int(place) - 1
  }

  subscript(sequence: UInt64) -> Reservation? { slot(of: sequence).map { reservation(slot: $0) } }

  subscript(slot slot: Int) -> ReservationRecord {
    @inline(__always) get { place(slot).pointee }
    @inline(__always) _modify {
      yield &chunks[slot >> ReservationTable.chunkBits][slot & ReservationTable.chunkMask]
    }
  }

  /// Where a record stands, as long as nothing is inserted.
  ///
  /// As an address: to use a chunk, an array in an array, would count a reference to it.
  @inline(__always) private func place(_ slot: Int) -> UnsafePointer<ReservationRecord> {
    chunks.withUnsafeBufferPointer { chunks in
      chunks[slot >> ReservationTable.chunkBits].withUnsafeBufferPointer {
        $0.baseAddress! + slot & ReservationTable.chunkMask
      }
    }
  }

  func reservation(slot: Int) -> Reservation { reservation(self[slot: slot]) }

  /// What few have beside their record.
  @inline(__always) func extra(of record: ReservationRecord) -> ReservationExtra? {
    record.extraPlace == 0 ? nil : extras[Int(record.extraPlace) - 1]
  }

  /// Asks the processor for the memory of a record that will be looked at soon.
  @inline(__always) func prefetch(slot: Int) { tally_prefetch(place(slot)) }

  /// Asks for where the extra of a record is said to be: the first step.
  @inline(__always) func prefetchExtraPlace(of record: ReservationRecord) {
    guard record.extraPlace > 0 else { return }
    tally_prefetch(extras.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress! + Int(record.extraPlace) - 1) })
  }

  /// Asks for the extra itself: the second.
  @inline(__always) func prefetchExtra(of record: ReservationRecord) {
    guard record.extraPlace > 0 else { return }
    // As an address: to look at the reference would count it.
    let place = (Int(record.extraPlace) - 1) * MemoryLayout<ReservationExtra?>.stride
    guard let extra = extras.withUnsafeBytes({ $0.load(fromByteOffset: place, as: UnsafeRawPointer?.self) }) else {
      return
    }
    tally_prefetch(extra)
    tally_prefetch(extra + ReservationTable.lineBytes)
  }
  private static let lineBytes = 64

  private func reservation(_ record: ReservationRecord) -> Reservation {
    Reservation(record: record, extra: extra(of: record))
  }

  mutating func replace(slot: Int, with reservation: Reservation) {
    var record = reservation.record
    record.extraPlace = self[slot: slot].extraPlace
    keepExtra(reservation.extra, of: &record)
    self[slot: slot] = record
  }

  private mutating func keepExtra(_ extra: ReservationExtra?, of record: inout ReservationRecord) {
    guard let extra else { return }
    if record.extraPlace == 0 {
      if let last = freeExtras.popLast() {
        record.extraPlace = last
      } else {
        extras.append(nil)
        record.extraPlace = UInt32(extras.count)
      }
    }
    extras[Int(record.extraPlace) - 1] = extra
  }

  mutating func insert(_ reservation: Reservation) { insert(reservation.record, reservation.extra) }

  mutating func insert(_ record: ReservationRecord, _ extra: ReservationExtra?) {
    var record = record
    record.extraPlace = 0
    keepExtra(extra, of: &record)
    insert(record)
  }

  /// Inserts a reservation whose extra, if it has one, stands already.
  @inline(__always) mutating func insert(_ record: ReservationRecord) {
    let slot: Int
    if let last = free.last {
      // Not `popLast`, which is no part of this function.
      free.removeLast()
      slot = Int(last)
      self[slot: slot] = record
    } else {
      slot = slotCount
      if slot & ReservationTable.chunkMask == 0 { addChunk() }
      chunks[slot >> ReservationTable.chunkBits].append(record)
      slotCount += 1
    }
    let page = page(of: record.sequence)
    pageSlab[page].places[ReservationTable.offset(record.sequence)] = UInt32(slot + 1)
    pageSlab[page].count += 1
    count += 1
  }

  /// Inserts reservations with consecutive sequence numbers and without extras.
  mutating func insert(contentsOf run: [ReservationRecord]) {
    var done = 0
    while done < run.count {
      guard free.isEmpty else {
        insert(run[done])
        done += 1
        continue
      }
      if slotCount & ReservationTable.chunkMask == 0 { addChunk() }
      let offset = ReservationTable.offset(run[done].sequence)
      let room = min(
        run.count - done, 1 << ReservationTable.chunkBits - slotCount & ReservationTable.chunkMask,
        1 << Int(ReservationTable.pageBits) - offset)
      run.withUnsafeBufferPointer {
        chunks[slotCount >> ReservationTable.chunkBits].append(
          contentsOf: UnsafeBufferPointer(rebasing: $0[done..<(done + room)]))
      }
      let page = page(of: run[done].sequence)
      pageSlab[page].places.withUnsafeMutableBufferPointer {
        for index in 0..<room { $0[offset + index] = UInt32(slotCount + index + 1) }
      }
      pageSlab[page].count += room
      slotCount += room
      count += room
      done += room
    }
  }

  @inline(never) private mutating func addChunk() {
    let capacity = 1 << ReservationTable.chunkBits
    var chunk = nextChunk.take(capacity: capacity) ?? []
    // Never copied to grow; and what is not touched takes no memory, unless it is a huge page.
    if chunk.capacity < capacity {
      if slotCount > 0 { chunk.reserveHugePages(capacity) } else { chunk.reserveCapacity(capacity) }
    }
    chunks.append(chunk)
  }

  /// Has the next chunk made ready, if half of the last one is full.
  @inline(__always) func growAhead() {
    if slotCount & ReservationTable.chunkMask > ReservationTable.chunkMask / 2, free.isEmpty {
      nextChunk.begin(capacity: 1 << ReservationTable.chunkBits)
    }
  }

  @inline(__always) private mutating func page(of sequence: UInt64) -> Int {
    let number = sequence >> ReservationTable.pageBits
    let entry = recent[Int(number) & (ReservationTable.recentPages - 1)]
    return entry.number == number ? entry.index : findOrAddPage(number)
  }

  @inline(never) private mutating func findOrAddPage(_ number: UInt64) -> Int {
    let index: Int
    if let known = pages[number] {
      index = known
    } else {
      if let last = freePages.popLast() {
        index = last
      } else {
        index = pageSlab.count
        pageSlab.append(Page(places: [UInt32](repeating: 0, count: 1 << Int(ReservationTable.pageBits)), count: 0))
      }
      pages[number] = index
    }
    recent[Int(number) & (ReservationTable.recentPages - 1)] = (number, index)
    return index
  }

  mutating func remove(_ sequence: UInt64) {
    guard let slot = slot(of: sequence) else { return }
    let extraPlace = self[slot: slot].extraPlace
    if extraPlace > 0 {
      extras[Int(extraPlace) - 1] = nil
      freeExtras.append(extraPlace)
    }
    self[slot: slot] = .none
    free.append(UInt32(slot))
    count -= 1
    let page = page(of: sequence)
    pageSlab[page].places[ReservationTable.offset(sequence)] = 0
    pageSlab[page].count -= 1
    if pageSlab[page].count == 0 {
      let number = sequence >> ReservationTable.pageBits
      pages[number] = nil
      freePages.append(page)
      recent[Int(number) & (ReservationTable.recentPages - 1)] = (.max, 0)
    }
  }

  /// Every reservation, in no order.
  func visit(_ body: (borrowing Reservation) -> Void) {
    for chunk in chunks {
      for record in chunk where record.exists { body(reservation(record)) }
    }
  }

  /// Every reservation, by sequence number.
  func visitInOrder(_ body: (ReservationRecord, ReservationExtra?) -> Void) {
    for number in pages.keys.sorted() {
      guard let page = pages[number] else { continue }
      for place in pageSlab[page].places where place > 0 {
        let record = self[slot: Int(place) - 1]
        body(record, extra(of: record))
      }
    }
  }
}
