/// Why a file is no map of shards.
public enum ShardMapFlaw: Error, Equatable, Sendable, CustomStringConvertible {
  /// Written by a newer program.
  case unknownVersion(String)
  /// - Parameter line: from 1.
  case malformed(line: Int, String)
  /// Its bytes are not those that were written.
  case checksum

  public var description: String {
    switch self {
    case .unknownVersion(let version):
      "has format version \(version), which this program does not know; use a newer one"
    case .malformed(let line, let reason): "is no map of shards: line \(line) \(reason)"
    case .checksum: "does not match its own checksum: it was cut or altered"
    }
  }
}

extension ShardMap {
  /// Bytes that the file may have.
  public static let maxBytes = 256 << 10
  private static let title = "tally shards "
  private static let sum = "sha256 "

  /// The file's bytes: `Shards` in the format document.
  public var text: [UInt8] {
    var text = "\(ShardMap.title)1\nshop \(shop)\nversion \(version)\nvirtual \(VirtualShard.count)\nshards \(count)\n"
    for (shard, log) in logs.enumerated() { text += "log \(shard) \(log)\n" }
    var start = 0
    while start < owners.count {
      let end = owners[start...].firstIndex { $0 != owners[start] } ?? owners.count
      text += "run \(start) \(end - 1) \(owners[start])\n"
      start = end
    }
    return Array((text + "\(ShardMap.sum)\(Digest.sha256(Array(text.utf8)))\n").utf8)
  }

  /// Reads what ``text`` writes, and nothing else.
  public init(text bytes: [UInt8]) throws(ShardMapFlaw) {
    guard bytes.count <= ShardMap.maxBytes, let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed(line: 1, "does not begin a small file of text")
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, first.hasPrefix(ShardMap.title) else {
      throw .malformed(line: 1, "is not `tally shards` and a number")
    }
    let version = first.dropFirst(ShardMap.title.count)
    guard version == "1" else {
      guard !version.isEmpty, version.utf8.allSatisfy({ $0 &- 48 < 10 }) else {
        throw .malformed(line: 1, "is not `tally shards` and a number")
      }
      throw .unknownVersion(String(version.prefix(20)))
    }
    guard lines.popLast()?.isEmpty == true, let last = lines.popLast(), last.hasPrefix(ShardMap.sum) else {
      throw .checksum
    }
    let covered = bytes.prefix(bytes.count - last.utf8.count - 1)
    guard last.dropFirst(ShardMap.sum.count) == Digest.sha256(Array(covered)).description else { throw .checksum }
    var reader = LineReader(lines: lines)
    let shop = try reader.log(reader.fields("shop", 1)[0])
    let change = try reader.number(reader.fields("version", 1)[0], 1...UInt64(Limits.maxQuantity))
    let virtual = UInt64(VirtualShard.count)
    _ = try reader.number(reader.fields("virtual", 1)[0], virtual...virtual)
    let count = Int(try reader.number(reader.fields("shards", 1)[0], 1...UInt64(ShardMap.mostShards)))
    var logs: [LogID] = []
    for shard in 0..<count {
      let fields = try reader.fields("log", 2)
      _ = try reader.number(fields[0], UInt64(shard)...UInt64(shard))
      logs.append(try reader.log(fields[1]))
    }
    guard Set(logs).count == count else { throw .malformed(line: reader.line, "names a log twice") }
    var owners: [Int] = []
    while owners.count < VirtualShard.count {
      let fields = try reader.fields("run", 3)
      let start = UInt64(owners.count)
      _ = try reader.number(fields[0], start...start)
      let end = Int(try reader.number(fields[1], start...(virtual - 1)))
      let owner = Int(try reader.number(fields[2], 0...UInt64(count - 1)))
      owners += repeatElement(owner, count: end + 1 - owners.count)
    }
    guard reader.isAtEnd else { throw .malformed(line: reader.line + 1, "follows the last virtual shard") }
    self.init(shop: shop, version: change, logs: logs, owners: owners)
  }

  /// Takes lines apart, strictly: a file has one form.
  private struct LineReader {
    let lines: [Substring]
    private(set) var line = 1

    init(lines: [Substring]) { self.lines = lines }

    var isAtEnd: Bool { line == lines.count }

    mutating func fields(_ word: String, _ count: Int) throws(ShardMapFlaw) -> [Substring] {
      let fields = line < lines.count ? lines[line].split(separator: " ", omittingEmptySubsequences: false) : []
      line += 1
      guard fields.count == count + 1, fields[0] == word else {
        throw .malformed(line: line, "is not `\(word)` and \(count) more")
      }
      return Array(fields.dropFirst())
    }

    func number(_ text: Substring, _ range: ClosedRange<UInt64>) throws(ShardMapFlaw) -> UInt64 {
      guard let number = UInt64(text), String(number) == text, range.contains(number) else {
        throw .malformed(line: line, "needs a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }

    func log(_ text: Substring) throws(ShardMapFlaw) -> LogID {
      guard let bytes = Hex.decode(String(text)), let log = LogID(bytes: bytes), log.description == text else {
        throw .malformed(line: line, "needs 32 hexadecimal digits")
      }
      return log
    }
  }
}
