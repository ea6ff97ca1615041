/// The first 16 bytes of the SHA-256 of a command's content: what tells a repeat from a conflict.
public struct ContentDigest: Hashable, Sendable {
  /// The first 8 bytes, the first of them highest.
  public var high: UInt64
  /// The other 8.
  public var low: UInt64
  /// - Parameters:
  ///   - high: the first 8 bytes, the first of them highest.
  ///   - low: the other 8.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
  /// What stands where there is no key.
  public static let none = ContentDigest(high: 0, low: 0)
}

/// Idempotency keys and the digests of what they were used for: `Keys` in the format document.
public struct KeyColumn: Sendable, Equatable {
  /// One an event; no bytes where there is none.
  public private(set) var keys = StringColumn()
  /// One an event; ``ContentDigest/none`` where there is no key.
  public private(set) var digests: [ContentDigest] = []

  /// No rows.
  public init() {}
  /// Rows.
  public var count: Int { digests.count }
  var memoryBytes: Int { keys.memoryBytes + digests.capacity * MemoryLayout<ContentDigest>.stride }

  /// Appends a row.
  ///
  /// - Parameters:
  ///   - key: `nil`: none.
  ///   - digest: of the content of the event's command; ignored without a key.
  public mutating func append(_ key: Name?, _ digest: ContentDigest) {
    if let key {
      keys.append(key)
      digests.append(digest)
    } else {
      keys.appendEmpty()
      digests.append(.none)
    }
  }

  mutating func removeAll() {
    keys.removeAll()
    digests.removeAll(keepingCapacity: true)
  }
  mutating func truncate(to count: Int) {
    keys.truncate(to: count)
    if count < digests.count { digests.removeSubrange(count...) }
  }

  func encode(into out: inout ByteWriter) {
    keys.encode(into: &out)
    guard !keys.bytes.isEmpty else { return }
    for index in 0..<count where !keys.range(index).isEmpty {
      out.u64(digests[index].high.byteSwapped)
      out.u64(digests[index].low.byteSwapped)
    }
  }

  /// Replaces the contents by the next `count` keys of `reader`; keeps the memory.
  mutating func refill(_ count: Int, from reader: inout ByteReader) throws(MalformedBytes) {
    try keys.refill(count, maximum: Limits.maxNameBytes, from: &reader)
    digests.removeAll(keepingCapacity: true)
    digests.resize(to: count, filler: .none)
    guard !keys.bytes.isEmpty else { return }
    for index in 0..<count where !keys.range(index).isEmpty {
      let high = try reader.u64().byteSwapped
      digests[index] = ContentDigest(high: high, low: try reader.u64().byteSwapped)
    }
  }
}
