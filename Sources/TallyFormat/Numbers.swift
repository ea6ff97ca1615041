/// Counts events from 1 without gaps, for ever. 0 stands before the first event.
public struct SequenceNumber: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number.
  public var rawValue: UInt64
  /// - Parameter rawValue: any number; not checked.
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
  /// - Parameter rawValue: any number; not checked.
  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  /// The one after it.
  public var next: SequenceNumber { SequenceNumber(rawValue + 1) }
  public var description: String { String(rawValue) }
}

/// Numbers items (a SKU at a location) from 0 in the order of their registration, within one log.
public struct ItemNumber: RawRepresentable, Hashable, Comparable, Sendable {
  /// The number.
  public var rawValue: UInt32
  /// - Parameter rawValue: any number; not checked.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
  /// - Parameter rawValue: any number; not checked.
  @inlinable public init(_ rawValue: UInt32) { self.rawValue = rawValue }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A log's identity: 16 random bytes, hashed into every frame.
public struct LogID: Hashable, Sendable, CustomStringConvertible {
  /// The 16 bytes.
  public let bytes: [UInt8]

  /// - Parameter bytes: exactly 16.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.bytes = bytes
  }
  public var description: String { Hex.encode(bytes) }

  /// 16 bytes from the system.
  package static func random() -> LogID {
    var generator = SystemRandomNumberGenerator()
    return LogID(trusted: (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }
  private init(trusted bytes: [UInt8]) { self.bytes = bytes }
}

/// A SHA-256 value.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// The 32 bytes.
  public let bytes: [UInt8]

  /// - Parameter bytes: exactly 32.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }
  init(trusted bytes: [UInt8]) { self.bytes = bytes }
  /// - Parameter text: 64 hexadecimal digits, in either case; `nil` for anything else.
  public init?(hexadecimal text: String) {
    guard let bytes = Hex.decode(text) else { return nil }
    self.init(bytes: bytes)
  }
  /// What stands for the predecessor of the very first frame.
  public static let zero = Digest(trusted: [UInt8](repeating: 0, count: 32))
  public var description: String { Hex.encode(bytes) }
}

/// Hexadecimal text.
package enum Hex {
  package static func encode(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text = [UInt8]()
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// `nil` if the text is not pairs of hexadecimal digits.
  package static func decode(_ text: String) -> [UInt8]? {
    var nibbles = [UInt8]()
    for digit in text.utf8 {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): nibbles.append(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): nibbles.append(digit - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): nibbles.append(digit - UInt8(ascii: "A") + 10)
      default: return nil
      }
    }
    guard nibbles.count % 2 == 0 else { return nil }
    return stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
  }
}
