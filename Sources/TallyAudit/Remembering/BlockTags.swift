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
      var sum = keys[keys.count - 1]
      for index in 0..<(keys.count - 1) {
        let (word, key) = (words[index].littleEndian, keys[index])
        let low = word.multipliedFullWidth(by: UInt64(truncatingIfNeeded: key))
        let high = low.high &+ word &* UInt64(truncatingIfNeeded: key >> 64)
        sum &+= UInt128(high) << 64 | UInt128(low.low)
      }
      return UInt64(truncatingIfNeeded: sum >> 64) ^ places.of(UInt64(truncatingIfNeeded: place))
    }
  }
}

/// SipHash-2-4 (Aumasson and Bernstein 2012) of one word, or of two, without a length: each key is used for one of both.
struct SipHash: Sendable {
  private let first: UInt64
  private let second: UInt64

  init(_ first: UInt64, _ second: UInt64) { (self.first, self.second) = (first, second) }

  @inline(__always)
  func of(_ word: UInt64) -> UInt64 {
    var state = State(first, second)
    state.take(word)
    return state.end
  }

  func of(_ word: UInt64, _ other: UInt64) -> UInt64 {
    var state = State(first, second)
    state.take(word)
    state.take(other)
    return state.end
  }

  private struct State {
    var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64)

    @inline(__always)
    init(_ first: UInt64, _ second: UInt64) {
      a = first ^ 0x736F_6D65_7073_6575
      b = second ^ 0x646F_7261_6E64_6F6D
      c = first ^ 0x6C79_6765_6E65_7261
      d = second ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    mutating func take(_ word: UInt64) {
      d ^= word
      round()
      round()
      a ^= word
    }

    var end: UInt64 {
      @inline(__always) get {
        var last = self
        last.c ^= 0xFF
        for _ in 0..<4 { last.round() }
        return last.a ^ last.b ^ last.c ^ last.d
      }
    }

    @inline(__always)
    private mutating func round() {
      a &+= b
      b = (b &<< 13 | b &>> 51) ^ a
      a = a &<< 32 | a &>> 32
      c &+= d
      d = (d &<< 16 | d &>> 48) ^ c
      a &+= d
      d = (d &<< 21 | d &>> 43) ^ a
      c &+= b
      b = (b &<< 17 | b &>> 47) ^ c
      c = c &<< 32 | c &>> 32
    }
  }
}
