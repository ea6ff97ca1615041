import Glibc

/// The worked example of the format document: bytes that a reader of the document sees, taken from the document.
public struct WorkedExample {
  /// Of the segment.
  public private(set) var bytes: [UInt8] = []
  /// What the document says a reader must find, by name: `head_hash`, `state_digest`.
  public private(set) var results: [String: String] = [:]
  /// Offsets at the lines' beginnings that are not where the bytes before end.
  public private(set) var wrongOffsets: [String] = []

  /// - Parameter path: the document's. A line of the block is an offset, two spaces, bytes, two spaces, words.
  public init?(document path: String) {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var isInside = false
    var buffer = [CChar](repeating: 0, count: 4096)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let line = String(decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if line.hasPrefix("<!-- worked-example-begin") { isInside = true }
      if line.hasPrefix("<!-- worked-example-end") { isInside = false }
      if isInside { take(line) }
    }
    if bytes.isEmpty { return nil }
  }

  private mutating func take(_ line: String) {
    let pair = line.split(separator: "=")
    if pair.count == 2, !line.contains(" ") { results[String(pair[0])] = String(pair[1]) }
    guard line.utf8.count > 6, let offset = Int(line.prefix(4), radix: 16), line.dropFirst(4).hasPrefix("  ") else {
      return
    }
    if offset != bytes.count { wrongOffsets.append("\(line.prefix(4)), not byte \(bytes.count)") }
    for word in line.dropFirst(6).split(separator: " ", omittingEmptySubsequences: false) {
      // Two spaces end the bytes.
      guard word.utf8.count == 2, let byte = UInt8(word, radix: 16) else { break }
      bytes.append(byte)
    }
  }
}
