extension EventColumns {
  /// The answer to one command of a keyed batch.
  public struct BatchResult: Sendable, Equatable {
    /// The sequence number that was answered; a repeat's is the first one's.
    public var sequence: UInt64
    /// The command was a repeat.
    public var isRepeat: Bool
    /// - Parameters:
    ///   - sequence: the sequence number that was answered.
    ///   - isRepeat: the command was a repeat.
    public init(sequence: UInt64, isRepeat: Bool) {
      self.sequence = sequence
      self.isRepeat = isRepeat
    }
  }
}

/// The answers to the commands of many batches back to back.
public struct ResultColumn: Sendable, Equatable {
  /// Where each batch's answers end in ``results``.
  public private(set) var ends: [UInt32] = []
  /// The answers of all batches.
  public private(set) var results: [EventColumns.BatchResult] = []

  /// No rows.
  public init() {}
  /// Batches.
  public var count: Int { ends.count }
  var memoryBytes: Int {
    ends.capacity * 4 + results.capacity * MemoryLayout<EventColumns.BatchResult>.stride
  }

  /// The answers of one batch.
  public subscript(index: Int) -> ArraySlice<EventColumns.BatchResult> {
    results[(index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])]
  }

  mutating func append(_ answers: [EventColumns.BatchResult]) {
    results.append(contentsOf: answers)
    ends.append(UInt32(results.count))
  }

  mutating func truncate(to count: Int) {
    guard count < ends.count else { return }
    ends.removeSubrange(count...)
    results.removeSubrange(Int(ends.last ?? 0)...)
  }

  /// - Parameter sequences: of the batches. An answer is written as how far back its event is, and whether it was a
  ///   repeat.
  func encode(of sequences: [UInt64], into out: inout ByteWriter) {
    PackedColumn.encodeLengths(ends, into: &out)
    var numbers = [UInt64]()
    numbers.reserveCapacity(results.count)
    for (index, sequence) in sequences.enumerated() {
      for result in self[index] { numbers.append((sequence &- result.sequence) << 1 | (result.isRepeat ? 1 : 0)) }
    }
    numbers.withUnsafeBufferPointer { numbers in
      PackedColumn.encode(numbers.count, into: &out) { numbers[$0] }
    }
  }

  /// Replaces the contents by the answers of the next batches of `reader`; keeps the memory.
  ///
  /// - Parameter sequences: of the batches.
  mutating func refill(of sequences: [UInt64], from reader: inout ByteReader) throws(MalformedBytes) {
    ends.resize(to: sequences.count, filler: 0)
    var total: UInt64 = 0
    let lengths = try ends.withUnsafeMutableBufferPointer { ends throws(MalformedBytes) in
      try PackedColumn.decode(ends.count, from: &reader) { index, length in
        total &+= length
        ends[index] = UInt32(truncatingIfNeeded: total)
      }
    }
    guard lengths.low >= 1, lengths.high <= UInt64(Limits.maxBatchCommands) else {
      throw MalformedBytes("a batch with \(lengths.low < 1 ? lengths.low : lengths.high) results")
    }
    // Results are bounded like lines, so that a few bytes cannot claim gigabytes.
    guard total <= UInt64(Limits.maxLinesPerFrame) else { throw MalformedBytes("\(total) results of batches") }
    var raw = [UInt64]()
    try PackedColumn.decode(Int(total), below: 1 << 56, into: &raw, filler: 0, from: &reader) { $0 }
    results.removeAll(keepingCapacity: true)
    results.reserveCapacity(Int(total))
    var begin = 0
    for (index, sequence) in sequences.enumerated() {
      let end = Int(ends[index])
      for value in raw[begin..<end] {
        guard value >> 1 < sequence else { throw MalformedBytes("a batch's result before the first event") }
        results.append(EventColumns.BatchResult(sequence: sequence - (value >> 1), isRepeat: value & 1 == 1))
      }
      begin = end
    }
  }
}
