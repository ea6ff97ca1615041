import Glibc
import Tallystick

/// Names that were made lately, so that rows which say the same share one allocation.
///
/// A table of fixed size in which the newest name of a place stands. Cost: some 20 ns where it is known, one allocation
/// more where it is not. Memory: 128 KiB, and the names.
struct NameCache {
  private static let places = 1 << 14

  private var names = [Name?](repeating: nil, count: places)

  /// The name of these bytes; `make` makes it where it is not known, from the same bytes.
  mutating func name<E: Error>(
    _ text: UnsafeBufferPointer<UInt8>, _ make: (UnsafeBufferPointer<UInt8>) throws(E) -> Name
  ) throws(E) -> Name {
    let place = NameCache.place(of: UnsafeRawBufferPointer(text))
    if let known = names[place], NameCache.isSame(known, text) { return known }
    let made = try make(text)
    names[place] = made
    return made
  }

  mutating func name(_ text: UnsafeBufferPointer<UInt8>) -> Name { name(text) { Name(bytes: Array($0)) } }

  private static func isSame(_ name: Name, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    name.bytes.withUnsafeBytes { bytes in
      guard bytes.count == text.count else { return false }
      guard let first = bytes.baseAddress, let second = text.baseAddress else { return true }
      return memcmp(first, second, bytes.count) == 0
    }
  }

  /// A multiplication for each eight bytes. Nobody gains by texts that share a place: they only push each other out.
  private static func place(of text: UnsafeRawBufferPointer) -> Int {
    let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
    var hash = UInt64(truncatingIfNeeded: text.count)
    var offset = 0
    while offset + 8 <= text.count {
      hash = (hash ^ text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* factor
      hash ^= hash >> 29
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < text.count {
      rest = rest << 8 | UInt64(text[offset])
      offset += 1
    }
    hash = (hash ^ rest) &* factor
    return Int(hash >> 50)
  }
}
