/// The name of a reservation that is one shard's part of a cart: `Carts` in the format document.
///
/// All parts of a cart have the same name. It says which shard decides, and the digest in it binds the parts to what was
/// asked for: nobody can leave one out, or change it, without the name being another.
public struct CartPart: Hashable, Sendable {
  /// Bytes of a cart's id at most: its parts' name has 22 more.
  public static let maxCartBytes = Limits.maxNameBytes - prefixBytes
  /// Holds of a cart that is not confirmed fall due after so many milliseconds if it has no time limit of its own.
  public static let patience: Int64 = 60_000
  static let prefixBytes = 22
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// The cart has a time limit.
  public var isTimed: Bool
  /// The shard whose log has the decisions.
  public var home: UInt16
  /// Counts the attempts to reserve the cart, from 1: each has names of its own.
  public var attempt: UInt8
  /// The first 12 bytes of the cart's digest.
  public var digest: [UInt8]
  /// The cart's id.
  public var cart: Name

  /// - Parameters:
  ///   - home: the shard whose log has the decisions.
  ///   - attempt: 1 or more.
  ///   - content: what the cart asks for. Its id has ``maxCartBytes`` at most; not checked.
  public init(home: UInt16, attempt: UInt8, _ content: CartContent) {
    isTimed = content.timeToLive > 0
    self.home = home
    self.attempt = attempt
    digest = Array(content.digest(home: home, attempt: attempt).bytes.prefix(12))
    cart = content.id
  }

  /// Reads a name; `nil`: it is no part's.
  public init?(_ name: Name) {
    let bytes = name.bytes
    guard bytes.count > CartPart.prefixBytes, bytes[0] == UInt8(ascii: "&") else { return nil }
    guard bytes[1] == UInt8(ascii: "t") || bytes[1] == UInt8(ascii: "n") else { return nil }
    var packed: [UInt8] = []
    for start in stride(from: 2, to: CartPart.prefixBytes, by: 4) {
      var word = 0
      for byte in bytes[start..<(start + 4)] {
        guard let digit = CartPart.digits.firstIndex(of: byte) else { return nil }
        word = word << 6 | digit
      }
      packed += [UInt8(word >> 16), UInt8(word >> 8 & 255), UInt8(word & 255)]
    }
    guard packed[2] > 0 else { return nil }
    isTimed = bytes[1] == UInt8(ascii: "t")
    home = UInt16(packed[0]) << 8 | UInt16(packed[1])
    attempt = packed[2]
    digest = Array(packed[3...])
    cart = Name(bytes: Array(bytes[CartPart.prefixBytes...]))
  }

  /// The reservations' id.
  public var name: Name {
    let packed = [UInt8(home >> 8), UInt8(home & 255), attempt] + digest
    var bytes = [UInt8(ascii: "&"), UInt8(ascii: isTimed ? "t" : "n")]
    for start in stride(from: 0, to: packed.count, by: 3) {
      let word = Int(packed[start]) << 16 | Int(packed[start + 1]) << 8 | Int(packed[start + 2])
      for shift in [18, 12, 6, 0] { bytes.append(CartPart.digits[word >> shift & 63]) }
    }
    return Name(bytes: bytes + cart.bytes)
  }
}
