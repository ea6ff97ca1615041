/// One of the fixed pieces that the SKUs of a sharded shop fall into: `Shards` in the format document.
///
/// An item's locations stay together, so that a transfer is one shard's own affair.
public struct VirtualShard: RawRepresentable, Hashable, Comparable, Sendable {
  /// How many there are, for ever: what moves between shards is whole ones.
  public static let count = 4096

  /// 0 … ``count`` − 1.
  public var rawValue: Int
  /// - Parameter rawValue: any number; not checked.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The one that a SKU falls into: FNV-1a over its bytes, 64 bits, mixed once and cut to 12 bits. Some 1 ns a byte.
  public init(sku: Name) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in sku.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // Of short names that differ in the last byte only, the low bits alone would stay close together.
    hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
    hash ^= hash >> 33
    rawValue = Int(hash & 0xfff)
  }

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
