import Glibc

/// Whether every id and key occurs once: 8 bytes a name, and no look-up while the log is folded.
///
/// A hash table of 100 million names costs a cache miss for each, some 100 ns. Here a fingerprint is only appended to
/// one of 1,024 lists, chosen by its first bits; at the end each list is looked through on its own, with a table that
/// fits a cache. Equal names have equal fingerprints, so none is missed; equal fingerprints of different names (one
/// log of 100 million names in 3,000 has any) are told apart by reading the log again: ``RepeatedNames``. The answer
/// is exact.
///
/// Each thread that decodes frames has a ledger of its own; which of them a name is in does not matter.
struct NameLedger: ~Copyable {
  static let listBits = 10
  static let lists = 1 << listBits

  /// Lists are chains of pages; a page's first word says where the one before is.
  private static let pageBytes = 4096
  /// Pages are taken from the system by so many.
  private static let slabBytes = 2 << 20

  /// For each list where its next fingerprint goes. At a page's beginning: the list needs a page.
  private let next: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>?>
  private var slabs: [UnsafeMutableRawPointer] = []
  private var pagesLeft = 0

  init() {
    next = .allocate(capacity: Self.lists)
    next.initialize(repeating: nil, count: Self.lists)
  }

  deinit {
    for slab in slabs { free(slab) }
    next.deallocate()
  }

  @inline(__always)
  mutating func add(_ fingerprint: UInt64) {
    let list = next + Int(truncatingIfNeeded: fingerprint >> UInt64(64 - Self.listBits))
    if UInt(bitPattern: list.pointee) % UInt(Self.pageBytes) == 0 { addPage(list) }
    guard let place = list.pointee else { return }
    place.pointee = fingerprint
    list.pointee = place + 1
  }

  /// The list's page is full (its next place is where another page would begin), or it has none yet.
  @inline(never)
  private mutating func addPage(_ list: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>?>) {
    if pagesLeft == 0 {
      slabs.append(LargeMemory.allocate(Self.slabBytes))
      pagesLeft = Self.slabBytes / Self.pageBytes
    }
    pagesLeft -= 1
    let page = slabs[slabs.count - 1] + pagesLeft * Self.pageBytes
    let before = list.pointee.map { UInt(bitPattern: $0) - UInt(Self.pageBytes) } ?? 0
    page.storeBytes(of: UInt64(before), as: UInt64.self)
    list.pointee = page.assumingMemoryBound(to: UInt64.self) + 1
  }

  private static let wordsAPage = pageBytes / 8

  /// Calls `body` with the fingerprints of a list, a page at a time.
  func forEachPage(of list: Int, _ body: (UnsafeBufferPointer<UInt64>) -> Void) {
    guard let end = next[list] else { return }
    // A full page's end is the next one's beginning.
    let address = UInt(bitPattern: end) - 8
    var page = UnsafeMutablePointer<UInt64>(bitPattern: address - address % UInt(Self.pageBytes))
    var count = Int(UInt(bitPattern: end) - (address - address % UInt(Self.pageBytes))) / 8
    while let words = page {
      body(UnsafeBufferPointer(start: words + 1, count: count - 1))
      page = UnsafeMutablePointer(bitPattern: UInt(words.pointee))
      count = Self.wordsAPage
    }
  }
}

/// Looks for fingerprints that occur more than once in a list; keeps its table between lists.
struct RepeatSearch {
  private var table: [UInt64] = []
  private(set) var found = Set<UInt64>()

  /// Looks through one list, which several ledgers have parts of. About 5 ns a name.
  mutating func search(_ list: Int, of ledgers: [LedgerReference]) {
    var count = 0
    for ledger in ledgers { ledger.value.forEachPage(of: list) { count += $0.count } }
    guard count > 1 else { return }
    let slots = 1 << (Int.bitWidth - count.leadingZeroBitCount + 1)
    // A power of two and twice the names at least, so that every search ends.
    table.removeAll(keepingCapacity: true)
    table.append(contentsOf: repeatElement(0, count: slots))
    var repeated: [UInt64] = []
    table.withUnsafeMutableBufferPointer { table in
      for ledger in ledgers {
        ledger.value.forEachPage(of: list) { page in
          for fingerprint in page where !RepeatSearch.enter(fingerprint, table) { repeated.append(fingerprint) }
        }
      }
    }
    for fingerprint in repeated {
      found.insert(fingerprint)
      if fingerprint <= 1 { found.formUnion([0, 1]) }
    }
  }

  /// False if it is in the table already.
  @inline(__always)
  private static func enter(_ fingerprint: UInt64, _ table: UnsafeMutableBufferPointer<UInt64>) -> Bool {
    // 0 marks an empty slot. Taking 0 for 1 can only add a candidate, which the second reading clears.
    let value = max(fingerprint, 1)
    let mask = table.count - 1
    var slot = Int(truncatingIfNeeded: value) & mask
    while true {
      let there = table[slot]
      if there == value { return false }
      if there == 0 {
        table[slot] = value
        return true
      }
      slot = (slot + 1) & mask
    }
  }
}

/// A ledger to be passed on to who looks it through; only one thread at a time adds to it.
final class LedgerReference: @unchecked Sendable {
  var value = NameLedger()
}
