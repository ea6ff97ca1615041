/// What a reservation asks for, in 64 bits: what tells a retry of one that only an index remembers from anything else.
///
/// Stands in the index beside the id's fingerprint, 64 bits under another key: together 128 bits, as many as the digest
/// that tells a key's repeat from its conflict. Where both agree, the log need not be read: finding the event there
/// costs a frame, some 400 µs. Where they do not, the log decides.
struct ContentHash: Sendable {
  /// Stands for what is no reservation; no reservation has it.
  static let none: UInt64 = 0
  private let hash: SipHash
  private let none: UInt64

  init(log: LogID) {
    hash = SipHash(log: log, purpose: 1)
    none = hash(UnsafeBufferPointer(start: nil, count: 0))
  }

  /// What the id, or the customer, contributes. No bytes: no customer.
  @inline(__always) func part(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 { name.isEmpty ? none : hash(name) }

  /// - Parameters:
  ///   - id, customer: their ``part(_:)``.
  ///   - lines: merged, ascending by item number.
  ///   - timeToLive: milliseconds; 0: none.
  func callAsFunction(
    id: UInt64, customer: UInt64, lines: UnsafeBufferPointer<LineEntry>, timeToLive: Int64
  ) -> UInt64 {
    let value = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 3 + 2 * lines.count) { words in
      words[0] = id.littleEndian
      words[1] = customer.littleEndian
      words[2] = UInt64(bitPattern: timeToLive).littleEndian
      for index in 0..<lines.count {
        words[3 + 2 * index] = UInt64(lines[index].item.rawValue).littleEndian
        words[4 + 2 * index] = UInt64(bitPattern: lines[index].quantity).littleEndian
      }
      return UnsafeRawBufferPointer(words).withMemoryRebound(to: UInt8.self) { hash($0) }
    }
    return value == ContentHash.none ? 1 : value
  }
}
