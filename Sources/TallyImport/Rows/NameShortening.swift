import Crypto
import Tallystick

/// Names above 64 bytes, cut by a rule that anybody can follow: as many whole characters of the beginning as fit in 47
/// bytes, `~`, and the first 16 hexadecimal digits of the SHA-256 of the whole name's bytes.
///
/// Two names that differ stay two, and one name always becomes the same.
public enum NameShortening {
  private static let keptBytes = 47
  private static let digestBytes = 8

  /// The name itself if it is short enough. Linear.
  public static func shortened(_ bytes: ArraySlice<UInt8>) -> Name {
    guard bytes.count > Limits.maxNameBytes else { return Name(bytes: Array(bytes)) }
    var end = bytes.startIndex + keptBytes
    // Not in the middle of a character.
    while end > bytes.startIndex, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    var short = Array(bytes[..<end])
    short.append(UInt8(ascii: "~"))
    for byte in SHA256.hash(data: Array(bytes)).prefix(digestBytes) {
      short.append(hexadecimal(byte >> 4))
      short.append(hexadecimal(byte & 15))
    }
    return Name(bytes: short)
  }

  static func shortened(_ name: Name) -> Name {
    name.bytes.count > Limits.maxNameBytes ? shortened(name.bytes[...]) : name
  }

  static func hexadecimal(_ digit: UInt8) -> UInt8 { digit < 10 ? 48 + digit : 87 + digit }
}
