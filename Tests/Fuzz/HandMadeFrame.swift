import TallyFormat

/// A frame around any payload, with a valid hash: what an attacker who can read the format document would write. A
/// fuzzer that had to find SHA-256 values would never get past the check.
public struct HandMadeFrame {
  public var bytes: [UInt8]
  public var hash: Digest

  /// - Parameter payload: nothing: an empty frame.
  public init(
    _ payload: [UInt8], number: UInt64, first: UInt64, count: UInt64, epoch: UInt64, previous: Digest, log: LogID
  ) {
    var compressed = [UInt8]()
    if !payload.isEmpty { payload.withUnsafeBytes { LZ4Frames.compress($0, into: &compressed) } }
    self.init(
      compressed: compressed, number: number, first: first, count: count, epoch: epoch, previous: previous, log: log)
  }

  /// - Parameter compressed: what stands for the LZ4 frame.
  public init(
    compressed: [UInt8], number: UInt64, first: UInt64, count: UInt64, epoch: UInt64, previous: Digest, log: LogID
  ) {
    var varints = ByteWriter()
    for number in [epoch, number, first, count, UInt64(compressed.count)] { varints.varint(number) }
    var head = ByteWriter()
    head.u32(0x184D_2A5F)
    head.u32(UInt32(48 + varints.bytes.count))
    head.raw(previous.bytes)
    hash = Digest.sha256(log.bytes + head.bytes + varints.bytes + compressed)
    bytes = head.bytes + hash.bytes.prefix(16) + varints.bytes + compressed
  }

  /// As its payload says: the header agrees with the payload's own numbers where it has any.
  init(_ payload: [UInt8], number: UInt64, epoch: UInt64, next: UInt64, previous: Digest, log: LogID) {
    let numbers = payload.withUnsafeBytes { raw -> (UInt64, UInt64) in
      var reader = ByteReader(raw)
      guard (try? reader.varint()) != nil, let first = try? reader.varint(), let count = try? reader.varint() else {
        return (next, 1)
      }
      return (max(first, 1), min(max(count, 1), 1 << 18))
    }
    self.init(
      payload, number: number, first: numbers.0, count: numbers.1, epoch: epoch, previous: previous, log: log)
  }
}
