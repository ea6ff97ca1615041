/// Answers, in either version of the protocol. Nothing is allocated but the buffer.
package struct WireWriter: Sendable {
  /// Which version the client has asked for.
  package enum Version: Int, Sendable {
    case two = 2
    case three = 3
  }

  package private(set) var bytes: [UInt8] = []
  package var version: Version
  /// Of what is kept when the bytes have been handed on: an idle connection holds no more.
  private static let keptBytes = 1024

  package init(_ version: Version = .two) { self.version = version }

  package mutating func removeAll() { bytes.removeAll(keepingCapacity: bytes.capacity <= WireWriter.keptBytes) }

  /// What was written by another writer of the same version.
  package mutating func append(_ written: [UInt8]) { bytes.append(contentsOf: written) }

  /// A short text of the program's own: `OK`.
  package mutating func simple(_ text: StaticString) {
    bytes.append(UInt8(ascii: "+"))
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    endLine()
  }

  /// An error. What would end its line becomes a blank.
  ///
  /// - Parameter text: its first word says what it is.
  package mutating func error(_ text: String) {
    bytes.append(UInt8(ascii: "-"))
    for byte in text.utf8 { bytes.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte) }
    endLine()
  }

  package mutating func integer(_ value: some BinaryInteger) {
    bytes.append(UInt8(ascii: ":"))
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    digits(UInt64(value.magnitude))
    endLine()
  }

  /// Integers that ascend by 1.
  package mutating func integers(from first: UInt64, count: Int) {
    for offset in 0..<UInt64(count) {
      bytes.append(UInt8(ascii: ":"))
      digits(first + offset)
      endLine()
    }
  }

  package mutating func bulk(_ text: some Collection<UInt8>) {
    header(UInt8(ascii: "$"), text.count)
    bytes.append(contentsOf: text)
    endLine()
  }
  package mutating func bulk(_ text: String) { bulk(text.utf8) }
  package mutating func bulk(_ text: StaticString) {
    bulk(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  package mutating func null() { bytes.append(contentsOf: version == .two ? "$-1\r\n".utf8 : "_\r\n".utf8) }

  package mutating func boolean(_ value: Bool) {
    guard version == .three else { return integer(value ? 1 : 0) }
    bytes.append(contentsOf: value ? "#t\r\n".utf8 : "#f\r\n".utf8)
  }

  /// So many values follow.
  package mutating func array(_ count: Int) { header(UInt8(ascii: "*"), count) }

  /// So many pairs of values follow: in version 2 an array of twice as many.
  package mutating func map(_ count: Int) {
    if version == .two { array(2 * count) } else { header(UInt8(ascii: "%"), count) }
  }

  private mutating func header(_ kind: UInt8, _ count: Int) {
    bytes.append(kind)
    digits(UInt64(count))
    endLine()
  }

  private mutating func digits(_ value: UInt64) {
    if value < 10 { return bytes.append(UInt8(48 + value)) }
    // In one piece: a byte appended is a look at the room there is.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { places in
      var start = places.count
      var value = value
      while value > 0 {
        start -= 1
        places[start] = UInt8(48 + value % 10)
        value /= 10
      }
      bytes.append(contentsOf: UnsafeMutableBufferPointer(rebasing: places[start...]))
    }
  }

  private mutating func endLine() {
    bytes.append(0x0D)
    bytes.append(0x0A)
  }
}
