/// Sorts records of three words by the first, a uniformly spread key.
///
/// Least significant digit first over the upper 32 bits of the key, a byte a pass, each pass one sequential reading and
/// 256 sequential writings; the few keys that agree in all of those are put right by one pass of insertion. About 20 ns
/// a record where a sort that compares took 90.
enum RecordSort {
  private static let digits: [UInt64] = [32, 40, 48, 56]

  private typealias Record = (key: UInt64, UInt64, UInt64)

  /// - Parameter words: the records back to back.
  static func sort(_ words: inout [UInt64]) {
    let records = words.count / 3
    guard records > 1 else { return }
    if records >= 1024 {
      var other = [UInt64]()
      other.reserveHugePages(words.count)
      other.append(contentsOf: words)
      for digit in digits {
        withRecords(&words) { source in withRecords(&other) { distribute(source, into: $0, digit) } }
        swap(&words, &other)
      }
    }
    withRecords(&words) { records in
      for index in 1..<records.count {
        let record = records[index]
        var place = index
        while place > 0, records[place - 1].key > record.key {
          records[place] = records[place - 1]
          place -= 1
        }
        records[place] = record
      }
    }
  }

  private static func withRecords(_ words: inout [UInt64], _ body: (UnsafeMutableBufferPointer<Record>) -> Void) {
    words.withUnsafeMutableBytes { raw in raw.withMemoryRebound(to: Record.self) { body($0) } }
  }

  private static func distribute(
    _ source: UnsafeMutableBufferPointer<Record>, into target: UnsafeMutableBufferPointer<Record>, _ digit: UInt64
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { places in
      places.initialize(repeating: 0)
      for record in source { places[Int(record.key >> digit & 255)] += 1 }
      var sum = 0
      for value in 0..<256 {
        let count = places[value]
        places[value] = sum
        sum += count
      }
      for record in source {
        let bucket = Int(record.key >> digit & 255)
        target[places[bucket]] = record
        places[bucket] += 1
      }
    }
  }
}
