import CKernel

/// Fingerprints of names and the sequence numbers of the events that brought them, for up to 2^32 − 1 events.
///
/// Open addressing, linear probing, 8 bytes a place, at most two thirds full: a look-up of a new name is one cache miss.
/// A place holds the upper half of the fingerprint; two different names share it once in a few thousand millions, and
/// the reservation or key then tells them apart. Names stand in the order of their fingerprints, as far as probing
/// allows: growing then reads one table and writes the other from end to end, and misses no cache.
struct NameTable: Sendable {
  /// Upper half: of the fingerprint; lower half: the sequence number minus ``base``. 0: empty.
  private var places: [UInt64]
  /// Bits of a tag beyond those that say where it stands.
  private var shift: UInt64
  private(set) var count = 0
  private let successor = MemoryAhead<UInt64>()
  /// The sequence number before the first that can be held.
  let base: UInt64
  private(set) var lastSequence: UInt64 = 0

  static let maxEvents: UInt64 = 1 << 32 - 1

  init(after base: UInt64, minimumCapacity: Int = 1024) {
    self.base = base
    var capacity = 1024
    while capacity < minimumCapacity { capacity *= 2 }
    places = [UInt64](onHugePages: 0, count: capacity)
    shift = NameTable.shift(capacity)
  }

  @inline(__always) private static func tag(_ fingerprint: UInt64) -> UInt64 { fingerprint >> 32 }
  private static func shift(_ capacity: Int) -> UInt64 { UInt64(max(0, 32 - capacity.trailingZeroBitCount)) }
  @inline(__always) private func home(ofTag tag: UInt64) -> Int { Int(truncatingIfNeeded: tag &>> shift) }

  /// Where to begin to look for a fingerprint with ``next(_:_:)``.
  @inline(__always) func home(of fingerprint: UInt64) -> Int { home(ofTag: NameTable.tag(fingerprint)) }

  /// The next event with this fingerprint from `position` on, which moves behind it; `nil`: there is none.
  @inline(__always) func next(_ fingerprint: UInt64, _ position: inout Int) -> UInt64? {
    let tag = NameTable.tag(fingerprint)
    // Through a pointer: the array would be retained.
    return places.withUnsafeBufferPointer { places in
      while true {
        let place = places[position]
        if place == 0 { return nil }
        position = (position + 1) & (places.count - 1)
        if place >> 32 == tag { return base + (place & 0xFFFF_FFFF) }
      }
    }
  }

  /// Asks the processor to fetch the places of fingerprints that will be looked for soon.
  @inline(__always) func prefetch(_ fingerprints: UnsafeBufferPointer<UInt64>) {
    places.withUnsafeBufferPointer {
      for fingerprint in fingerprints { tally_prefetch($0.baseAddress! + home(of: fingerprint)) }
    }
  }

  @inline(__always) func prefetch(_ fingerprint: UInt64) {
    // Outside the closure, in which the array would be retained.
    tally_prefetch(places.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress! + home(of: fingerprint)) })
  }

  /// The first event with this fingerprint; `nil`: there is none.
  @inline(__always) func first(_ fingerprint: UInt64) -> UInt64? {
    var position = home(of: fingerprint)
    return next(fingerprint, &position)
  }

  /// Sets what belongs to fingerprints that are known.
  func mark(_ fingerprints: UnsafeBufferPointer<UInt64>, _ known: UnsafeMutableBufferPointer<Bool>) {
    for index in 0..<fingerprints.count where first(fingerprints[index]) != nil { known[index] = true }
  }

  /// - Parameter sequence: above ``base``, by at most ``maxEvents``; not below those before.
  @inline(__always) mutating func insert(_ fingerprint: UInt64, _ sequence: UInt64) {
    if (count + 1) * 3 > places.count * 2 { grow() }
    let place = NameTable.tag(fingerprint) << 32 | (sequence - base)
    places.withUnsafeMutableBufferPointer { NameTable.put(place, $0, shift) }
    count += 1
    lastSequence = sequence
  }

  /// Makes room for so many more names.
  mutating func reserve(_ room: Int) { while (count + room) * 3 > places.count * 2 { grow() } }

  /// Places from which a table is on huge pages, whose first touch takes milliseconds.
  private static let largePlaces = 1 << 17

  /// Has the memory of the table that follows this one made ready, if it is three quarters as full as it may be.
  @inline(__always) func growAhead() {
    if count * 2 > places.count, places.count >= NameTable.largePlaces {
      successor.begin(capacity: places.count * 2, filledWith: 0)
    }
  }

  /// Inserts names one after the other, without looking again where the table is.
  struct Inserter: ~Copyable {
    fileprivate let places: UnsafeMutablePointer<UInt64>
    fileprivate let mask: Int
    fileprivate let shift: UInt64
    fileprivate let base: UInt64

    /// Inserts a name and says where; `nil`: one with this fingerprint may be there already, and nothing has changed.
    @inline(__always) func claim(_ fingerprint: UInt64, _ sequence: UInt64) -> Int? {
      let tag = NameTable.tag(fingerprint)
      var position = Int(truncatingIfNeeded: tag &>> shift)
      while places[position] != 0 {
        if places[position] >> 32 == tag { return nil }
        position = (position + 1) & mask
      }
      places[position] = tag << 32 | (sequence - base)
      return position
    }

    /// Takes the last claim back: nothing has been put behind it yet.
    @inline(__always) func withdraw(_ place: Int) { places[place] = 0 }
  }

  /// - Parameters:
  ///   - room: names that may be inserted; their sequence numbers are above ``base`` by at most ``maxEvents``.
  ///   - body: returns how many names it has inserted, by ascending sequence numbers up to `last`.
  mutating func insert(room: Int, _ body: (borrowing Inserter) -> (count: Int, last: UInt64)) {
    reserve(room)
    let (shift, base) = (shift, base)
    let inserted = places.withUnsafeMutableBufferPointer {
      body(Inserter(places: $0.baseAddress!, mask: $0.count - 1, shift: shift, base: base))
    }
    guard inserted.count > 0 else { return }
    count += inserted.count
    lastSequence = inserted.last
  }

  @inline(__always)
  private static func put(_ place: UInt64, _ places: UnsafeMutableBufferPointer<UInt64>, _ shift: UInt64) {
    var position = Int(truncatingIfNeeded: (place >> 32) &>> shift)
    while places[position] != 0 { position = (position + 1) & (places.count - 1) }
    places[position] = place
  }

  @inline(never) private mutating func grow() {
    let old = places
    places = successor.take(capacity: old.count * 2) ?? [UInt64](onHugePages: 0, count: old.count * 2)
    shift = NameTable.shift(places.count)
    let shift = shift
    places.withUnsafeMutableBufferPointer { places in
      old.withUnsafeBufferPointer { old in
        // Whether a place is empty cannot be predicted: what is not is gathered first, without a branch.
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: NameTable.gathered) { full in
          for begin in stride(from: 0, to: old.count, by: NameTable.gathered) {
            var count = 0
            for place in old[begin..<(begin + NameTable.gathered)] {
              full[count] = place
              count += place == 0 ? 0 : 1
            }
            for place in full[..<count] { NameTable.put(place, places, shift) }
          }
        }
      }
    }
  }

  /// Places that are looked at together when the table grows; divides every capacity.
  private static let gathered = 64

  /// Every name, in no order: something that ``insert(_:_:)`` takes for its fingerprint, and its event.
  func visit(_ body: (UInt64, UInt64) -> Void) {
    for place in places where place != 0 { body(place & ~0xFFFF_FFFF, base + (place & 0xFFFF_FFFF)) }
  }

  /// Forgets one name (a batch that is taken back).
  mutating func remove(_ fingerprint: UInt64, _ sequence: UInt64) {
    guard sequence > base, sequence - base <= NameTable.maxEvents else { return }
    let wanted = NameTable.tag(fingerprint) << 32 | (sequence - base)
    let mask = places.count - 1
    var hole = home(of: fingerprint)
    while places[hole] != wanted {
      if places[hole] == 0 { return }
      hole = (hole + 1) & mask
    }
    count -= 1
    var next = (hole + 1) & mask
    while places[next] != 0 {
      if (next - home(ofTag: places[next] >> 32)) & mask >= (next - hole) & mask {
        places[hole] = places[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    places[hole] = 0
  }
}
