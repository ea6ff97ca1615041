import CKernel

/// A blocked Bloom filter: 20 bits a name, seven probes in one cache line; about one new name in two thousand passes.
/// What passes costs a look at a page of the index, some 10 µs: with 12 bits that was most of a look-up's time.
///
/// A block is a cache line, and large filters stand on huge pages: a log of 100 million names has some ten filters that
/// every new name must pass, and a block on two lines cost a second cache miss in each, which nobody had asked for ahead
/// (measured with 30 million names: 350 of 760 ns a reservation).
///
/// F. Putze, P. Sanders, J. Singler: "Cache-, Hash- and Space-Efficient Bloom Filters" (2007).
struct NameFilter: @unchecked Sendable {
  static let wordsPerBlock = 8
  private static let lineBytes = 64
  private static let hugePageBytes = 2 << 20
  private static let probes = 7

  /// Gives the memory back when the last copy goes.
  private final class Memory {
    let bytes: UnsafeMutableRawBufferPointer
    init(_ count: Int) {
      let isLarge = count >= NameFilter.hugePageBytes
      bytes = .allocate(byteCount: count, alignment: isLarge ? NameFilter.hugePageBytes : NameFilter.lineBytes)
      if isLarge { tally_advise_huge_pages(bytes.baseAddress!, count) }
    }
    deinit { bytes.deallocate() }
  }
  private let memory: Memory
  /// Little-endian, as in the file. Changed only by the one who fills the filter, before anybody else has it.
  private let words: UnsafeMutableBufferPointer<UInt64>

  /// - Parameter wordCount: a multiple of ``wordsPerBlock``, not 0.
  private init(wordCount: Int) {
    memory = Memory(wordCount * 8)
    words = memory.bytes.bindMemory(to: UInt64.self)
  }

  /// An empty filter for so many names.
  init(count: Int) {
    self.init(wordCount: max(1, (count * 20 + 511) / 512) * NameFilter.wordsPerBlock)
    words.initialize(repeating: 0)
  }

  /// - Parameter read: fills the memory; returns how many bytes it has read.
  /// - Returns: `nil` if there were too few.
  init?(
    wordCount: Int, _ read: (UnsafeMutableRawBufferPointer) throws(FileError) -> Int
  ) throws(FileError) {
    self.init(wordCount: wordCount)
    guard try read(memory.bytes) == memory.bytes.count else { return nil }
  }

  /// One that lets every name pass, of one block.
  static let admittingAll: NameFilter = {
    let filter = NameFilter(wordCount: wordsPerBlock)
    filter.words.initialize(repeating: .max)
    return filter
  }()

  /// As in the file.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory.bytes) }
  var byteCount: Int { memory.bytes.count }
  var digest: Digest { .sha256(bytes) }

  @inline(__always) private func block(_ fingerprint: UInt64) -> Int {
    Int(UInt64(words.count / NameFilter.wordsPerBlock).multipliedFullWidth(by: fingerprint).high)
      * NameFilter.wordsPerBlock
  }
  // The block comes from the high bits; the probes from a multiple, so that they are independent of it.
  @inline(__always) private static func spread(_ fingerprint: UInt64) -> UInt64 { fingerprint &* 0x9E37_79B9_7F4A_7C15 }

  func insert(_ fingerprint: UInt64) {
    let block = block(fingerprint)
    var bits = NameFilter.spread(fingerprint)
    for _ in 0..<NameFilter.probes {
      let bit = UInt64(1) << (bits >> 3 & 63)
      words[block + Int(bits & 7)] |= bit.littleEndian
      bits >>= 9
    }
  }

  func prefetch(_ fingerprints: UnsafeBufferPointer<UInt64>) {
    for fingerprint in fingerprints { tally_prefetch(words.baseAddress! + block(fingerprint)) }
  }

  /// Sets what belongs to fingerprints that it may contain.
  func mark(_ fingerprints: UnsafeBufferPointer<UInt64>, _ known: UnsafeMutableBufferPointer<Bool>) {
    for index in 0..<fingerprints.count where mayContain(fingerprints[index]) { known[index] = true }
  }

  @inline(__always) func mayContain(_ fingerprint: UInt64) -> Bool {
    let block = words.baseAddress! + block(fingerprint)
    var bits = NameFilter.spread(fingerprint)
    @inline(__always) func probe() -> UInt64 {
      defer { bits &>>= 9 }
      return UInt64(littleEndian: block[Int(bits & 7)]) &>> (bits &>> 3 & 63)
    }
    // Three in ten bits are set, which no processor can predict: two at a time, so that one branch in eleven is wrong.
    guard probe() & probe() & 1 == 1 else { return false }
    for _ in 2..<NameFilter.probes where probe() & 1 == 0 { return false }
    return true
  }
}
