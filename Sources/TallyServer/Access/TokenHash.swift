import Crypto

/// What is kept of a token: SHA-256. A token is 32 random bytes, so that guessing is hopeless and no slow hash is needed.
package struct TokenHash: Sendable {
  /// Of the hash as text.
  private static let digits = 64
  private var words: SIMD4<UInt64>

  package init(of token: some Collection<UInt8>) {
    var words = SIMD4<UInt64>()
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: Array(SHA256.hash(data: Array(token)))) }
    self.words = words
  }

  /// - Parameter text: 64 hexadecimal digits; `nil` for anything else.
  package init?(hexadecimal text: some StringProtocol) {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text {
      guard character.isASCII, let digit = character.hexDigitValue.map({ UInt8($0) }) else { return nil }
      if let before = high {
        bytes.append(before << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    guard bytes.count * 2 == TokenHash.digits, high == nil else { return nil }
    var words = SIMD4<UInt64>()
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    self.words = words
  }

  package var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    let bytes = withUnsafeBytes(of: words) { Array($0) }
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// Takes the same time whatever differs.
  func isEqual(_ other: TokenHash) -> Bool {
    let difference = words ^ other.words
    return difference[0] | difference[1] | difference[2] | difference[3] == 0
  }
}

/// A token as its user keeps it.
package enum Token {
  private static let randomBytes = 32
  /// What it begins with, so that people and scanners of source code know one when they see it.
  private static let beginning = "tally_"

  /// A new one, from the system's random numbers.
  package static func random() -> String {
    var generator = SystemRandomNumberGenerator()
    let digits = Array("0123456789abcdef".utf8)
    let bytes = (0..<randomBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    return beginning
      + String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
