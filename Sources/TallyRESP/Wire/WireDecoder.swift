/// Finds commands in a stream of bytes: arrays of bulk strings, as clients send them, and lines of plain text, as people
/// type them.
///
/// Bytes are looked at once, in whatever pieces they come: what has been found of an unfinished command is kept as
/// offsets from the command's beginning. Its own memory is bounded by ``WireLimits/maxWords``.
package struct WireDecoder {
  let limits: WireLimits
  /// Words of the array that have not been found; `nil`: not inside one.
  private var missing: Int?
  /// Of the next byte to look at.
  private var position = 0
  private(set) var ranges: [Range<Int>] = []
  /// The words of a line, whose quotes and escapes are gone.
  var plain: [UInt8] = []
  private var isPlain = false

  /// Words whose places are kept from one command to the next.
  private static let keptWords = 64
  /// Digits, sign and line end of a length.
  private static let maxLengthBytes = 24

  package init(limits: WireLimits = WireLimits()) { self.limits = limits }

  /// Something of a command has come, and not all of it.
  package var isInside: Bool { missing != nil || position > 0 }

  /// Looks for a whole command.
  ///
  /// - Parameter bytes: from the beginning of a command on: what was given before, if that was unfinished, and more.
  /// - Returns: the bytes that the command takes; `nil`: it is not all there. An empty line, and an array of nothing, is a
  ///   command without words.
  /// - Throws: what makes the bytes no command.
  package mutating func decode(_ bytes: UnsafeRawBufferPointer) throws(WireFlaw) -> Int? {
    if missing == nil, position == 0 {
      ranges.removeAll(keepingCapacity: ranges.capacity <= WireDecoder.keptWords)
      isPlain = false
    }
    guard let first = bytes.first else { return nil }
    if first != UInt8(ascii: "*") { return try decodeLine(bytes) }
    guard try decodeArray(bytes) else {
      if bytes.count >= limits.maxCommandBytes { throw WireFlaw("too big request") }
      return nil
    }
    return finish()
  }

  /// The words of the command that was found.
  ///
  /// - Parameter bytes: the same that ``decode(_:)`` found it in.
  package func withWords<Result>(in bytes: UnsafeRawBufferPointer, _ body: (Words) -> Result) -> Result {
    guard isPlain else { return body(Words(bytes: bytes, ranges: ranges)) }
    return plain.withUnsafeBytes { body(Words(bytes: $0, ranges: ranges)) }
  }

  private mutating func finish() -> Int {
    defer { (missing, position) = (nil, 0) }
    return position
  }

  // MARK: Arrays

  /// False: not all of it is there.
  private mutating func decodeArray(_ bytes: UnsafeRawBufferPointer) throws(WireFlaw) -> Bool {
    if missing == nil {
      guard let count = try length(in: bytes, at: 0, "multibulk") else { return false }
      guard count <= limits.maxWords else { throw WireFlaw("invalid multibulk length") }
      missing = max(0, count)
    }
    while let left = missing, left > 0 {
      guard position < bytes.count else { return false }
      guard bytes[position] == UInt8(ascii: "$") else {
        throw WireFlaw("expected '$', got '\(WireDecoder.shown(bytes[position]))'")
      }
      let start = position
      guard let count = try length(in: bytes, at: start, "bulk") else { return false }
      guard count >= 0, count <= limits.maxWordBytes, position + count + 2 <= limits.maxCommandBytes else {
        throw WireFlaw("invalid bulk length")
      }
      guard position + count + 2 <= bytes.count else {
        // The length is read again with the rest: it is short.
        position = start
        return false
      }
      guard bytes[position + count] == 0x0D, bytes[position + count + 1] == 0x0A else {
        throw WireFlaw("expected CRLF after a bulk string")
      }
      ranges.append(position..<position + count)
      position += count + 2
      missing = left - 1
    }
    return true
  }

  /// The number behind a `*` or `$`, of which ``position`` is behind the end then; `nil`: it is not all there.
  private mutating func length(
    in bytes: UnsafeRawBufferPointer, at start: Int, _ what: StaticString
  ) throws(WireFlaw) -> Int? {
    var index = start + 1
    let limit = min(bytes.count, start + WireDecoder.maxLengthBytes)
    let isNegative = index < limit && bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    let firstDigit = index
    var value = 0
    while index < limit, bytes[index] &- 48 < 10 {
      // Far beyond every limit, and far from the word's end.
      value = min(value * 10 + Int(bytes[index] - 48), 1 << 40)
      index += 1
    }
    let hasDigits = index > firstDigit
    if index == start + WireDecoder.maxLengthBytes { throw WireFlaw("invalid \(what) length") }
    if index >= bytes.count { return nil }
    guard hasDigits, bytes[index] == 0x0D else { throw WireFlaw("invalid \(what) length") }
    if index + 1 >= bytes.count { return nil }
    guard bytes[index + 1] == 0x0A else { throw WireFlaw("invalid \(what) length") }
    position = index + 2
    return isNegative ? -value : value
  }

  private static func shown(_ byte: UInt8) -> String {
    byte >= 0x20 && byte < 0x7F ? String(UnicodeScalar(byte)) : "byte \(byte)"
  }

  // MARK: Lines

  private mutating func decodeLine(_ bytes: UnsafeRawBufferPointer) throws(WireFlaw) -> Int? {
    let rest = bytes[position...]
    guard let end = rest.firstIndex(of: 0x0A) else {
      position = bytes.count
      if bytes.count > limits.maxLineBytes { throw WireFlaw("too big inline request") }
      return nil
    }
    guard end <= limits.maxLineBytes else { throw WireFlaw("too big inline request") }
    position = end + 1
    let lineEnd = end > 0 && bytes[end - 1] == 0x0D ? end - 1 : end
    plain.removeAll(keepingCapacity: plain.capacity <= 1024)
    isPlain = true
    ranges = try PlainLine.split(UnsafeRawBufferPointer(rebasing: bytes[..<lineEnd]), into: &plain)
    guard ranges.count <= limits.maxWords else { throw WireFlaw("too many words in a line") }
    return finish()
  }
}
