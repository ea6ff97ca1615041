import TallyFormat

/// What the pieces of remembered files are tagged with.
struct TagKey: Equatable, Sendable {
  private let first: UInt64
  private let second: UInt64

  /// A random one.
  init() {
    var random = SystemRandomNumberGenerator()
    (first, second) = (random.next(), random.next())
  }

  /// - Parameter text: as ``text`` is; `nil` for anything else.
  init?(_ text: some StringProtocol) {
    guard text.utf8.count == 32, let bytes = Hex.decode(String(text)) else { return nil }
    self.init(bytes: bytes)
  }

  /// One that only who has the auditor's secret key can work out.
  init?(_ signer: NoteSigner) { self.init(bytes: signer.secret(for: "tallystick-audit/2 tags", bytes: 16)) }

  private init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    (first, second) = bytes.withUnsafeBytes {
      (
        UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)),
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }

  var text: String { Hex.encode([first, second].flatMap { word in (0..<8).map { UInt8(word >> ($0 * 8) & 255) } }) }

  /// The tags of one part of one file.
  ///
  /// - Parameter nonce: drawn for the file, so that a piece of one does not pass for a piece of another.
  func tags(of part: FilePart, nonce: UInt64) -> BlockTags {
    let own = SipHash(first, second)
    return BlockTags(SipHash(own.of(nonce, part.seed), own.of(nonce, part.seed + 1)), words: part.words)
  }
}

/// Parts of remembered files, which have tags of their own.
enum FilePart {
  case names, filter, marks

  fileprivate var seed: UInt64 {
    switch self {
    case .names: 0
    case .filter: 2
    case .marks: 4
    }
  }

  /// That are tagged together.
  fileprivate var words: Int {
    switch self {
    case .names: NameRunLayout.namesAPage
    case .filter: NameFilter.wordsABlock - 1
    case .marks: MarkPage.words
    }
  }
}

/// Short keyed checksums of a file's pieces, so that a piece can be believed without reading the others: some 10 ns for a
/// line of the cache.
///
/// The tag is a multilinear hash of the piece's words (as ``NameHasher``'s) that is hidden behind a pseudorandom function
/// of the piece's place (Wegman and Carter 1981): who has not the key comes upon the tag of another piece with probability
/// 2^-64, however many he has seen, because a place is written once.
struct BlockTags: Sendable {
  private let places: SipHash
  /// One a word, then a constant.
  private let keys: [UInt128]

  fileprivate init(_ source: SipHash, words: Int) {
    places = SipHash(source.of(0, 0), source.of(0, 1))
    keys = (0...words).map { UInt128(source.of(1, UInt64($0))) << 64 | UInt128(source.of(2, UInt64($0))) }
  }

  /// The tag of the words of one piece, of which there are as many as in every piece of the part.
  @inline(__always)
  func tag(_ place: Int, _ words: UnsafePointer<UInt64>) -> UInt64 {
    keys.withUnsafeBufferPointer { keys in
      var sum = MultilinearSum(keys[keys.count - 1])
      for index in 0..<(keys.count - 1) { sum.add(words[index].littleEndian, times: keys[index]) }
      return sum.hash ^ places.of(UInt64(truncatingIfNeeded: place))
    }
  }
}
