/// A byte string: a SKU, location, reservation id, customer, key or text.
///
/// Compared, hashed and sorted by its UTF-8 bytes without normalisation; `String` would make a composed and a decomposed
/// "é" equal, which two shops' systems need not.
public struct Name: Hashable, Comparable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// Its UTF-8, if it is valid: see ``flaw(minimum:maximum:)``.
  public var bytes: [UInt8]

  /// - Parameter bytes: any; not checked.
  public init(bytes: [UInt8]) { self.bytes = bytes }
  /// - Parameter text: any; its UTF-8 is kept as it is, neither normalised nor checked.
  public init(_ text: some StringProtocol) { bytes = Array(text.utf8) }
  /// - Parameter text: as for ``init(_:)``.
  public init(stringLiteral text: String) { bytes = Array(text.utf8) }

  /// All bytes at once: an array hashes byte by byte.
  public func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
  /// By bytes.
  public static func < (a: Name, b: Name) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
  /// Whether it has no bytes, and so is no valid name.
  public var isEmpty: Bool { bytes.isEmpty }
  /// The text; a valid name always decodes without replacement.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// The default location of an item.
  ///
  /// Spelt in bytes, which the compiler lays out beforehand: an array made at run time has a counter of references, and
  /// every command of every thread would write to that one.
  public static let main = Name(bytes: [0x6D, 0x61, 0x69, 0x6E])

  /// What makes these bytes no name (1 to 64 bytes) or no text (0 to 256), in words; `nil` if nothing does.
  public func flaw(minimum: Int = 1, maximum: Int = Limits.maxNameBytes) -> String? {
    bytes.withUnsafeBufferPointer { Name.flaw(of: $0, minimum: minimum, maximum: maximum) }
  }

  /// As ``flaw(minimum:maximum:)``, over bytes that stand elsewhere. Allocates nothing when they are right.
  public static func flaw(
    of bytes: UnsafeBufferPointer<UInt8>, minimum: Int = 1, maximum: Int = Limits.maxNameBytes
  ) -> String? {
    if bytes.count < minimum { return "is empty" }
    if bytes.count > maximum { return "has \(bytes.count) bytes, more than \(maximum)" }
    var needsUTF8Check = false
    for byte in bytes {
      if byte < 0x20 || byte == 0x7F { return "has a control character" }
      needsUTF8Check = needsUTF8Check || byte >= 0x80
    }
    if needsUTF8Check {
      guard let text = String(validating: bytes, as: UTF8.self) else { return "is not valid UTF-8" }
      if text.unicodeScalars.contains(where: { (0x80...0x9F).contains($0.value) }) { return "has a control character" }
    }
    return nil
  }

  /// Whether these are 1 to 64 bytes of ASCII without control characters: a name that needs no closer look.
  @inlinable package static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count >= 1, bytes.count <= Limits.maxNameBytes else { return false }
    let raw = UnsafeRawBufferPointer(bytes)
    var offset = 0
    // Eight bytes at a time; a bit 7 in `odd` says that a byte is below 0x20, is 0x7F, or is not ASCII.
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    var odd: UInt64 = 0
    while offset + 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      odd |= word | (word &- ones &* 0x20) & ~word | (word &+ ones)
      offset += 8
    }
    while offset < raw.count {
      let byte = raw[offset]
      if byte < 0x20 || byte >= 0x7F { return false }
      offset += 1
    }
    return odd & tops == 0
  }
}
