/// What a reservation asks for, in 64 bits: what tells a retry of one that only an index remembers from anything else.
///
/// Stands in the index beside the id's fingerprint, 64 bits under another key: together 128 bits, as many as the digest
/// that tells a key's repeat from its conflict. Where both agree, the log need not be read: finding the event there
/// costs a frame, some 400 µs. Where they do not, the log decides.
struct ContentHash: Sendable {
  /// Stands for what is no reservation; no reservation has it.
  static let none: UInt64 = 0
  private let hash: SipHash

  init(log: LogID) { hash = SipHash(log: log, purpose: 1) }

  /// - Parameters:
  ///   - lines: merged, ascending by item number.
  ///   - customer: no bytes: none.
  ///   - timeToLive: milliseconds; 0: none.
  func callAsFunction(
    id: UnsafeBufferPointer<UInt8>, lines: UnsafeBufferPointer<LineEntry>, customer: UnsafeBufferPointer<UInt8>,
    timeToLive: Int64
  ) -> UInt64 {
    let count = 3 + 2 * lines.count
    let value = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { words in
      words[0] = hash(id).littleEndian
      // An empty customer is none, and has a hash like any other.
      words[1] = hash(customer).littleEndian
      words[2] = UInt64(bitPattern: timeToLive).littleEndian
      for (index, line) in lines.enumerated() {
        words[3 + 2 * index] = UInt64(line.item.rawValue).littleEndian
        words[4 + 2 * index] = UInt64(bitPattern: line.quantity).littleEndian
      }
      return UnsafeRawBufferPointer(words).withMemoryRebound(to: UInt8.self) { hash($0) }
    }
    return value == ContentHash.none ? 1 : value
  }
}
