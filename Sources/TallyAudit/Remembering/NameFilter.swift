import TallyFormat

/// A Bloom filter in blocks of one line of the cache (Putze, Sanders and Singler 2007): seven words, each with one bit of
/// each of the block's names, and the tag of these seven.
///
/// A block is found by a fingerprint's first bits, so ascending fingerprints come to ascending blocks, and a filter is
/// written and asked from its beginning to its end. Of names that are not in it one in some 700 looks as if it were.
enum NameFilter {
  static let wordsABlock = 8
  static let bytesABlock = 64
  /// 16 bits a name.
  private static let namesABlock = 28

  static func blocks(for names: Int) -> Int { names / namesABlock + 1 }

  @inline(__always)
  static func block(of fingerprint: UInt64, among blocks: Int) -> Int {
    Int(truncatingIfNeeded: fingerprint.multipliedFullWidth(by: UInt64(truncatingIfNeeded: blocks)).high)
  }

  /// Six bits for each of the seven words, in the upper part: all bits of the fingerprint go into them.
  @inline(__always)
  private static func bits(of fingerprint: UInt64) -> UInt64 { fingerprint &* 0x9E37_79B9_7F4A_7C15 }

  @inline(__always)
  static func insert(_ fingerprint: UInt64, into block: UnsafeMutablePointer<UInt64>) {
    let bits = bits(of: fingerprint)
    for word in 0..<7 {
      block[word] |= (1 &<< (bits &>> UInt64(22 + 6 * word) & 63)).littleEndian
    }
  }

  @inline(__always)
  static func mayContain(_ fingerprint: UInt64, _ block: UnsafePointer<UInt64>) -> Bool {
    let bits = bits(of: fingerprint)
    var all: UInt64 = 1
    // All of them: a processor guesses one answer better than seven.
    for word in 0..<7 { all &= block[word].littleEndian &>> (bits &>> UInt64(22 + 6 * word) & 63) }
    return all & 1 == 1
  }
}

/// Writes a filter block by block.
struct NameFilterWriter {
  private let part: DigestedPart
  private let tags: BlockTags
  private let blocks: Int
  private let block = WordBuffer(NameFilter.wordsABlock)
  private var place = 0

  init(_ part: DigestedPart, blocks: Int, _ tags: BlockTags) {
    self.part = part
    self.blocks = blocks
    self.tags = tags
  }

  /// - Parameter fingerprint: not below the one before.
  @inline(__always)
  mutating func append(_ fingerprint: UInt64) throws(FileError) {
    let own = NameFilter.block(of: fingerprint, among: blocks)
    while place < own { try close() }
    NameFilter.insert(fingerprint, into: block.words)
  }

  private mutating func close() throws(FileError) {
    block.words[7] = tags.tag(place, block.words).littleEndian
    try part.append(block.words, NameFilter.wordsABlock)
    block.words.update(repeating: 0, count: NameFilter.wordsABlock)
    place += 1
  }

  mutating func finish() throws(FileError) -> Digest {
    while place < blocks { try close() }
    return try part.finish()
  }
}
