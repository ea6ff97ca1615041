import CKernel
import Glibc

/// The names of all items, by number, and their numbers, by name.
///
/// Names stand back to back in one array and are found through a table of numbers (open addressing, linear probing, at
/// most half full): a dictionary of small arrays took three allocations an item, and with 100,000 items half of the
/// time in which a log of 100,000 events is opened.
struct ItemNames: Sendable {
  /// SKU and location of each item back to back.
  private var bytes: [UInt8] = []
  /// Where an item's name begins, and how many of its bytes are the SKU.
  private var entries: [(begin: Int, sku: UInt8, location: UInt8)] = []
  /// Upper half: of the name's hash; lower half: number + 1. 0: none.
  private var places = [UInt64](repeating: 0, count: 64)

  /// Items that are not at `main`.
  private var elsewhereCount = 0

  var count: Int { entries.count }
  /// Some item is not at `main`: only then a SKU can be at several locations.
  var hasOtherLocations: Bool { elsewhereCount > 0 }

  subscript(number: Int) -> ItemName {
    withBytes(number) { sku, location in
      ItemName(
        sku: Name(bytes: Array(sku)), location: ItemNames.isMain(location) ? .main : Name(bytes: Array(location)))
    }
  }

  /// The names of some items that follow each other: a copy of few bytes, which does not hold the rest.
  struct Piece: Sendable {
    fileprivate var bytes: [UInt8]
    fileprivate var entries: [(begin: Int, sku: UInt8, location: UInt8)]
    /// Where the bytes begin among all.
    fileprivate var offset: Int

    var count: Int { entries.count }

    /// - Parameter index: from the piece's beginning.
    subscript(index: Int) -> ItemName {
      let entry = entries[index]
      let begin = entry.begin - offset
      let middle = begin + Int(entry.sku)
      return bytes.withUnsafeBufferPointer { all in
        let location = UnsafeBufferPointer(rebasing: all[middle..<(middle + Int(entry.location))])
        return ItemName(
          sku: Name(bytes: Array(all[begin..<middle])),
          location: ItemNames.isMain(location) ? .main : Name(bytes: Array(location)))
      }
    }
  }

  func piece(_ range: Range<Int>) -> Piece {
    guard let first = range.first else { return Piece(bytes: [], entries: [], offset: 0) }
    let begin = entries[first].begin
    let end = range.upperBound < count ? entries[range.upperBound].begin : bytes.count
    return Piece(bytes: Array(bytes[begin..<end]), entries: Array(entries[range]), offset: begin)
  }

  private static func isMain(_ location: UnsafeBufferPointer<UInt8>) -> Bool {
    Name.main.bytes.withUnsafeBufferPointer { areEqual($0, location) }
  }

  func withBytes<R>(_ number: Int, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> R) -> R {
    let entry = entries[number]
    return bytes.withUnsafeBufferPointer { all in
      let middle = entry.begin + Int(entry.sku)
      return body(
        UnsafeBufferPointer(rebasing: all[entry.begin..<middle]),
        UnsafeBufferPointer(rebasing: all[middle..<(middle + Int(entry.location))]))
    }
  }

  func number(of name: ItemName) -> ItemNumber? { number(of: name, ItemNames.hash(of: name)) }

  /// - Parameter hash: the name's, as ``hash(of:)`` gives it.
  func number(of name: ItemName, _ hash: UInt64) -> ItemNumber? {
    name.sku.bytes.withUnsafeBufferPointer { sku in
      name.location.bytes.withUnsafeBufferPointer { number(sku: sku, location: $0, hash) }
    }
  }

  @inline(__always)
  func number(
    sku: UnsafeBufferPointer<UInt8>, location: UnsafeBufferPointer<UInt8>, _ hash: UInt64
  ) -> ItemNumber? {
    let place = places[place(of: sku, location, hash)]
    return place == 0 ? nil : ItemNumber(UInt32(truncatingIfNeeded: place) - 1)
  }

  /// Where the name stands, or where it would.
  private func place(
    of sku: UnsafeBufferPointer<UInt8>, _ location: UnsafeBufferPointer<UInt8>, _ hash: UInt64
  ) -> Int {
    var place = Int(hash) & (places.count - 1)
    while places[place] != 0 {
      if places[place] >> 32 == hash, isName(Int(places[place] & 0xFFFF_FFFF) - 1, sku, location) { break }
      place = (place + 1) & (places.count - 1)
    }
    return place
  }

  private func isName(
    _ number: Int, _ sku: UnsafeBufferPointer<UInt8>, _ location: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    withBytes(number) { ItemNames.areEqual($0, sku) && ItemNames.areEqual($1, location) }
  }

  private static func areEqual(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    guard a.count == b.count, let first = a.baseAddress, let second = b.baseAddress else {
      return a.isEmpty && b.isEmpty
    }
    return memcmp(first, second, a.count) == 0
  }

  static func hash(of name: ItemName) -> UInt64 {
    name.sku.bytes.withUnsafeBufferPointer { sku in
      name.location.bytes.withUnsafeBufferPointer { hash(sku, $0) }
    }
  }

  /// Keyed anew in each process, so that nobody can choose names that collide.
  private static let hash = SipHash(log: .random())

  static func hash(ofSKU sku: UnsafeBufferPointer<UInt8>) -> UInt64 { hash(sku) }

  static func hash(_ sku: UnsafeBufferPointer<UInt8>, _ location: UnsafeBufferPointer<UInt8>) -> UInt64 {
    // Two hashes: the standard library's hasher takes four times as long over one of both.
    let (hash, location) = (hash(sku), hash(location))
    return (hash &+ (location << 7 | location >> 57)) >> 32
  }

  /// The items with one of these SKUs, ascending. Costs a walk over all.
  func numbers(of skus: Set<Name>) -> [ItemNumber] {
    let lengths = Set(skus.map(\.bytes.count))
    return (0..<count).filter { number in
      lengths.contains(Int(entries[number].sku))
        && withBytes(number) { sku, _ in skus.contains(Name(bytes: Array(sku))) }
    }
    .map { ItemNumber(UInt32($0)) }
  }

  // MARK: Fetching ahead

  /// Asks the processor for the places, entries and names that look-ups of names with these hashes will touch, each for
  /// all of them before the next.
  func prefetch(_ hashes: [UInt64], _ range: Range<Int>) {
    let mask = places.count - 1
    places.withUnsafeBufferPointer { places in
      for index in range { tally_prefetch(places.baseAddress! + (Int(hashes[index]) & mask)) }
      entries.withUnsafeBufferPointer { entries in
        for index in range {
          if let number = likelyNumber(hashes[index]) { tally_prefetch(entries.baseAddress! + number) }
        }
        bytes.withUnsafeBufferPointer { bytes in
          for index in range {
            if let number = likelyNumber(hashes[index]) { tally_prefetch(bytes.baseAddress! + entries[number].begin) }
          }
        }
      }
    }
  }

  /// The number that a name with this hash has if it stands at its first place, as most do.
  @inline(__always) private func likelyNumber(_ hash: UInt64) -> Int? {
    let place = places[Int(hash) & (places.count - 1)]
    return place >> 32 == hash && place != 0 ? Int(place & 0xFFFF_FFFF) - 1 : nil
  }

  // MARK: Changing

  /// Gives the name the next number; false if it has one already.
  ///
  /// - Parameters: 1 to 64 bytes each.
  mutating func append(sku: UnsafeBufferPointer<UInt8>, location: UnsafeBufferPointer<UInt8>) -> Bool {
    if (count + 1) * 2 > places.count { grow(places.count * 2) }
    let hash = ItemNames.hash(sku, location)
    let place = place(of: sku, location, hash)
    guard places[place] == 0 else { return false }
    entries.append(
      (bytes.count, UInt8(truncatingIfNeeded: sku.count), UInt8(truncatingIfNeeded: location.count)))
    bytes.append(contentsOf: sku)
    bytes.append(contentsOf: location)
    places[place] = hash << 32 | UInt64(count)
    if !ItemNames.isMain(location) { elsewhereCount += 1 }
    return true
  }

  mutating func reserveCapacity(_ count: Int) {
    entries.reserveCapacity(count)
    var capacity = places.count
    while capacity < count * 2 { capacity *= 2 }
    if capacity > places.count { grow(capacity) }
  }

  private mutating func grow(_ capacity: Int) {
    let old = places
    places = [UInt64](repeating: 0, count: capacity)
    for place in old where place != 0 {
      var position = Int(place >> 32) & (capacity - 1)
      while places[position] != 0 { position = (position + 1) & (capacity - 1) }
      places[position] = place
    }
  }

  /// Forgets the item registered last. Costs as little as a look-up: a batch that is taken back may have registered very
  /// many.
  mutating func removeLast() {
    guard let last = entries.last else { return }
    if !withBytes(count - 1, { _, location in ItemNames.isMain(location) }) { elsewhereCount -= 1 }
    var gap = withBytes(count - 1) { sku, location in place(of: sku, location, ItemNames.hash(sku, location)) }
    entries.removeLast()
    bytes.removeSubrange(last.begin...)
    // Entries behind the gap that were to stand at it or before it would not be found any more: they move up.
    let mask = places.count - 1
    var position = (gap + 1) & mask
    while places[position] != 0 {
      let home = Int(places[position] >> 32) & mask
      if (position - home) & mask >= (position - gap) & mask {
        places[gap] = places[position]
        gap = position
      }
      position = (position + 1) & mask
    }
    places[gap] = 0
  }
}
