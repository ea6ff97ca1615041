/// The file of a time zone (RFC 8536): its 64-bit part, and the rule for the years after its last change.
enum ZoneFile {
  /// The last year for which changes are reckoned from the rule at the file's end.
  private static let lastYear: Int64 = 2100

  /// When offsets begin to hold, and one offset more: the first holds before all. `nil` if it is no such file.
  static func read(_ bytes: [UInt8]) -> (starts: [Int64], offsets: [Int64])? {
    guard let short = Header(bytes, at: 0), short.version >= 0x32,
      let header = Header(bytes, at: short.end(timeBytes: 4))
    else { return nil }
    let times = header.at + Header.bytes
    let kinds = times + header.times * 8
    let types = kinds + header.times
    guard header.types > 0, header.end(timeBytes: 8) <= bytes.count else { return nil }
    func number(_ at: Int, _ count: Int) -> Int64 {
      let value = bytes[at..<(at + count)].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      return count == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }
    func offset(_ kind: Int) -> Int64 { number(types + kind * 6, 4) }
    var starts = [Int64]()
    var offsets = [offset(0)]
    for index in 0..<header.times {
      let kind = Int(bytes[kinds + index])
      guard kind < header.types else { return nil }
      starts.append(number(times + index * 8, 8))
      offsets.append(offset(kind))
    }
    guard zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 }), offsets.allSatisfy({ abs($0) < 100_000 }) else {
      return nil
    }
    let rest = bytes[header.end(timeBytes: 8)...].drop { $0 == 0x0A }.prefix { $0 != 0x0A }
    if let rule = ZoneRule(rest) { rule.extend(&starts, &offsets, to: lastYear) }
    return (starts, offsets)
  }

  private struct Header {
    static let bytes = 44
    let at: Int
    let version: UInt8
    /// Entries of each part, in the file's order.
    private let counts: [Int]
    var times: Int { counts[3] }
    var types: Int { counts[4] }

    init?(_ bytes: [UInt8], at: Int) {
      guard at >= 0, at + Header.bytes <= bytes.count, bytes[at..<(at + 4)].elementsEqual("TZif".utf8) else {
        return nil
      }
      self.at = at
      version = bytes[at + 4]
      counts = (0..<6).map { part in
        bytes[(at + 20 + part * 4)..<(at + 24 + part * 4)].reduce(0) { $0 << 8 | Int($1) }
      }
      guard counts.allSatisfy({ $0 <= 1 << 20 }) else { return nil }
    }

    /// Where its part ends.
    func end(timeBytes: Int) -> Int {
      at + Header.bytes + counts[3] * (timeBytes + 1) + counts[4] * 6 + counts[5] + counts[2] * (timeBytes + 4)
        + counts[1] + counts[0]
    }
  }
}
