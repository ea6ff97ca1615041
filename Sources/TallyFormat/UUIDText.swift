/// The canonical text of a UUID, 8-4-4-4-12 lower-case hexadecimal digits, and its 128 bits.
///
/// Most ids of modern shops are such texts, and each is parsed and written several times between a command and its
/// frame: eight digits at a time in one register (measured: a quarter of what a table look-up a digit took).
@usableFromInline
package enum UUIDText {
  /// Bytes of text. Not stored: another module would ask for it by a call each time.
  @inlinable package static var length: Int { 36 }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let nibbles: UInt64 = 0x0F0F_0F0F_0F0F_0F0F

  /// Eight digits' text for their values, a byte each.
  @inline(__always) private static func text(ofValues values: UInt64) -> UInt64 {
    let letters = ((values &+ (ones &* 6)) &>> 4) & ones
    return values &+ (ones &* 0x30) &+ (letters &* 0x27)
  }

  /// The four bytes that eight digits stand for, first byte lowest; `bad` gets bits where one is no digit.
  @inline(__always) private static func bytes(ofText text: UInt64, _ bad: inout UInt64) -> UInt64 {
    let letters = (text &>> 6) & ones
    let values = (text & nibbles) &+ (letters &* 9)
    // Other characters' values may be anything; written again they are other characters.
    bad |= text ^ UUIDText.text(ofValues: values & nibbles)
    var pairs = (values &<< 4 | values &>> 8) & 0x00FF_00FF_00FF_00FF
    pairs = (pairs | pairs &>> 8) & 0x0000_FFFF_0000_FFFF
    return (pairs | pairs &>> 16) & 0xFFFF_FFFF
  }

  @inline(__always) private static func text(ofBytes bytes: UInt64) -> UInt64 {
    var pairs = (bytes | bytes &<< 16) & 0x0000_FFFF_0000_FFFF
    pairs = (pairs | pairs &<< 8) & 0x00FF_00FF_00FF_00FF
    return text(ofValues: ((pairs &>> 4) & 0x000F_000F_000F_000F) | ((pairs & 0x000F_000F_000F_000F) &<< 8))
  }

  /// The bits of `text`, or `nil` if it is no canonical UUID text.
  @inline(__always)
  package static func parse(_ text: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64)? {
    guard text.count == length, let base = text.baseAddress else { return nil }
    let raw = UnsafeRawPointer(base)
    @inline(__always) func eight(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    @inline(__always) func four(_ offset: Int) -> UInt64 {
      UInt64(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    let hyphens = text[8] ^ 45 | text[13] ^ 45 | text[18] ^ 45 | text[23] ^ 45
    var bad = UInt64(hyphens)
    let high = bytes(ofText: eight(0), &bad) | bytes(ofText: four(9) | four(14) &<< 32, &bad) &<< 32
    let low = bytes(ofText: four(19) | four(24) &<< 32, &bad) | bytes(ofText: eight(28), &bad) &<< 32
    return bad == 0 ? (high.byteSwapped, low.byteSwapped) : nil
  }

  /// Writes the 36 bytes of text.
  @inline(__always)
  package static func write(_ high: UInt64, _ low: UInt64, to target: UnsafeMutableRawPointer) {
    @inline(__always) func eight(_ text: UInt64, _ offset: Int) {
      target.storeBytes(of: text.littleEndian, toByteOffset: offset, as: UInt64.self)
    }
    @inline(__always) func four(_ text: UInt64, _ offset: Int) {
      target.storeBytes(of: UInt32(truncatingIfNeeded: text).littleEndian, toByteOffset: offset, as: UInt32.self)
    }
    let first = high.byteSwapped
    let second = low.byteSwapped
    eight(text(ofBytes: first & 0xFFFF_FFFF), 0)
    let b = text(ofBytes: first &>> 32)
    four(b, 9)
    four(b &>> 32, 14)
    let c = text(ofBytes: second & 0xFFFF_FFFF)
    four(c, 19)
    four(c &>> 32, 24)
    eight(text(ofBytes: second &>> 32), 28)
    target.storeBytes(of: 45, toByteOffset: 8, as: UInt8.self)
    target.storeBytes(of: 45, toByteOffset: 13, as: UInt8.self)
    target.storeBytes(of: 45, toByteOffset: 18, as: UInt8.self)
    target.storeBytes(of: 45, toByteOffset: 23, as: UInt8.self)
  }

  /// Appends the 36 bytes of text.
  package static func append(_ high: UInt64, _ low: UInt64, to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(45, count: length))
    bytes.withUnsafeMutableBytes { write(high, low, to: $0.baseAddress! + start) }
  }
}
