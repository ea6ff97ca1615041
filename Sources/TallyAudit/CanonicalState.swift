import TallyFormat

/// `State: canonical form and digest` in the format document, in parts that several threads can write at a time.
struct CanonicalState: ~Copyable {
  /// The first of a kind, which begins with 0, has their number before them.
  private enum Part {
    case items(Range<Int>)
    case reservations(Range<Int>)
    case counts(Range<Int>)
    /// There is none if nobody waits or has waited.
    case waited
    /// Of these items. There is none if no item has a floor.
    case floors(Range<Int>)
    /// There is none if no item has a recipe.
    case recipes
    /// There is none if no SKU has a stated order of locations.
    case preferences
    /// There is none if nobody says how far it has read.
    case consumers
  }

  /// Items or counts of a part, and bytes of the records of one: little enough for a cache, nearly always.
  private static let partSize = 8192
  private static let partBytes = 1 << 19

  private let parts: [Part]
  private let counts: [(item: Int, customer: Name, count: Int64)]
  private let waited: [(sequence: UInt64, isWaiting: Bool, timeToLive: Int64)]

  /// Hands the fold's state to the hasher. Costs a walk over all items, open reservations and counts.
  ///
  /// - Parameter copy: takes the bytes, too.
  /// - Returns: where its digest will be: see ``StateHasher/digests()``.
  static func pass(_ fold: borrowing Fold, to hasher: StateHasher, copy: StateCopy? = nil) -> Int {
    let state = CanonicalState(fold)
    return hasher.pass(parts: state.parts.count, copy: copy) { state.write($0, of: fold, to: $1) }
  }

  private init(_ fold: borrowing Fold) {
    counts = fold.counts.sorted
    waited = Self.waited(fold.open, fold.waiting)
    parts =
      Self.cut(fold.items.count).map { .items($0) }
      + fold.open.parts(ofAbout: Self.partBytes).map { .reservations($0) }
      + Self.cut(counts.count).map { .counts($0) }
      + (waited.isEmpty ? [] : [.waited])
      + (fold.items.floors.isEmpty ? [] : Self.cut(fold.items.count).map { .floors($0) })
      + (fold.items.recipes.isEmpty ? [] : [.recipes])
      + (fold.items.preferences.isEmpty ? [] : [.preferences])
      + (fold.consumers.entries.isEmpty ? [] : [.consumers])
  }

  /// One part at least.
  private static func cut(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: max(count, 1), by: partSize).map { $0..<min($0 + partSize, count) }
  }

  private func write(_ index: Int, of fold: borrowing Fold, to bytes: StateBytes) {
    var out = StateBytes.Writer(bytes)
    switch parts[index] {
    case .items(let numbers):
      if numbers.lowerBound == 0 {
        Array("tallystick-state-2\n".utf8).withUnsafeBytes { out.bytes($0) }
        out.varint(fold.lastSequence)
        out.varint(fold.lastTime)
        out.varint(UInt64(fold.items.count))
      }
      Self.write(numbers, of: fold.items, to: &out)
    case .reservations(let part):
      if part.lowerBound == 0 { out.varint(UInt64(fold.open.count)) }
      Self.write(part, of: fold.open, to: &out)
    case .counts(let indexes):
      if indexes.lowerBound == 0 { out.varint(UInt64(counts.count)) }
      for index in indexes {
        out.varint(UInt64(truncatingIfNeeded: counts[index].item))
        counts[index].customer.bytes.withUnsafeBytes { out.name($0) }
        out.varint(counts[index].count)
      }
    case .waited:
      out.byte(17)
      out.varint(UInt64(waited.count))
      var previous: UInt64 = 0
      for one in waited {
        out.varint(one.sequence &- previous)
        out.byte(one.isWaiting ? 1 : 0)
        out.varint(one.timeToLive)
        previous = one.sequence
      }
    case .floors(let numbers):
      if numbers.lowerBound == 0 {
        out.byte(24)
        out.varint(UInt64(fold.items.floors.count))
      }
      for number in numbers {
        guard let floor = fold.items.floors[number] else { continue }
        out.varint(UInt64(number))
        out.varint(floor)
      }
    case .recipes: Self.write(fold.items.recipes, to: &out)
    case .preferences: Self.write(fold.items.preferences, to: &out)
    case .consumers: Self.write(fold.consumers, to: &out)
    }
  }

  private static func write(_ recipes: ItemRecipes, to out: inout StateBytes.Writer) {
    out.byte(25)
    out.varint(UInt64(recipes.count))
    for item in recipes.items {
      guard let recipe = recipes[item] else { continue }
      out.varint(UInt64(item))
      out.byte(recipe.hasOwnStock ? 1 : 0)
      out.varint(UInt64(recipe.parts.count))
      for part in recipe.parts {
        out.varint(UInt64(part.item))
        out.varint(part.quantity)
      }
    }
  }

  private static func write(_ preferences: [Name: [Int]], to out: inout StateBytes.Writer) {
    out.byte(26)
    out.varint(UInt64(preferences.count))
    for (sku, order) in preferences.sorted(by: { $0.key < $1.key }) {
      sku.bytes.withUnsafeBytes { out.name($0) }
      out.varint(UInt64(order.count))
      for item in order { out.varint(UInt64(item)) }
    }
  }

  /// Open reservations that wait, and those that have waited of which the time to live does not follow from when they
  /// expire.
  private static func waited(
    _ open: borrowing OpenReservations, _ waiting: borrowing WaitingLines
  ) -> [(sequence: UInt64, isWaiting: Bool, timeToLive: Int64)] {
    guard !waiting.timesToLive.isEmpty else { return [] }
    var waited: [(sequence: UInt64, isWaiting: Bool, timeToLive: Int64)] = []
    open.visit { _, record in
      guard record.flags & OpenRecord.waited != 0 else { return }
      let timeToLive = waiting.timesToLive[record.sequence] ?? 0
      let follows = timeToLive == (record.expires == 0 ? 0 : record.expires &- record.time)
      // What an altered one asked for is in the log.
      let isAltered = record.flags & 128 != 0
      if record.isWaiting || !follows && !isAltered { waited.append((record.sequence, record.isWaiting, timeToLive)) }
    }
    return waited
  }

  private static func write(_ numbers: Range<Int>, of items: borrowing ItemTable, to out: inout StateBytes.Writer) {
    for number in numbers {
      items.withNames(number) { out.bytes($0) }
      let stock = items.stock[number]
      out.varint(stock.onHand)
      out.varint(stock.held)
      out.varint(stock.lastChange)
      let limit = items.limits[number]
      out.varint(limit.plusOne)
      out.varint(limit.since)
    }
  }

  private static func write(_ part: Range<Int>, of open: borrowing OpenReservations, to out: inout StateBytes.Writer) {
    var previous: (sequence: UInt64, time: Int64) = (0, 0)
    if let last = open.last(before: part) { previous = (last.sequence, last.time) }
    open.visit(part) { record in
      let (sequence, time) = (record.sequence, record.time)
      write(record, sequence &- previous.sequence, time &- previous.time, to: &out)
      previous = (sequence, time)
    }
  }

  @inline(__always)
  private static func write(
    _ record: OpenRecord, _ sequenceStep: UInt64, _ timeStep: Int64, to out: inout StateBytes.Writer
  ) {
    let id = record.id.assumingMemoryBound(to: UInt8.self)
    let uuid = UUIDText.parse(id)
    let customer = record.customer
    let (time, expires) = (record.time, record.expires)
    let lineCount = record.lineCount
    var isSettled = false
    for index in 0..<lineCount {
      let line = record.line(index)
      if line.open != line.reserved { isSettled = true }
    }
    // Of one that waits all lines look open here.
    if record.isWaiting { isSettled = false }
    out.varint(sequenceStep)
    out.varint(timeStep)
    var parts = record.flags & ~(OpenRecord.waits | OpenRecord.waited)
    if expires != 0 { parts |= 4 }
    if !customer.isEmpty { parts |= 8 }
    if uuid != nil { parts |= 16 }
    if lineCount != 1 { parts |= 32 }
    if isSettled { parts |= 64 }
    out.byte(parts)
    if let (high, low) = uuid {
      let start = out.claim(16)
      start.storeBytes(of: high.bigEndian, as: UInt64.self)
      start.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    } else {
      out.name(UnsafeRawBufferPointer(id))
    }
    if expires != 0 { out.varint(expires &- time) }
    if !customer.isEmpty { out.name(customer) }
    if lineCount != 1 { out.varint(UInt64(lineCount)) }
    for index in 0..<lineCount {
      let line = record.line(index)
      out.varint(UInt64(truncatingIfNeeded: line.item))
      out.varint(line.reserved)
      if isSettled { out.varint(line.open) }
    }
  }
}
