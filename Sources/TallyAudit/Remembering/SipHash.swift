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
