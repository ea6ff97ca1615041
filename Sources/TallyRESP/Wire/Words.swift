import Tallystick

/// The words of one command, where they stand in the bytes that came. Valid only while these are.
package struct Words {
  let bytes: UnsafeRawBufferPointer
  let ranges: [Range<Int>]

  package var count: Int { ranges.count }

  package subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeRawBufferPointer(rebasing: bytes[ranges[index]]).assumingMemoryBound(to: UInt8.self)
  }

  package func name(_ index: Int) -> Name { Name(bytes: Array(self[index])) }

  /// Whether a word is this one, in any case.
  ///
  /// - Parameter word: in capitals.
  package func matches(_ index: Int, _ word: StaticString) -> Bool { self[index].matches(word) }
}

extension UnsafeBufferPointer<UInt8> {
  /// - Parameter word: in capitals.
  package func matches(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    for index in 0..<count where self[index].inCapitals != word.utf8Start[index] { return false }
    return true
  }
}

extension UInt8 {
  /// Of a small letter of ASCII, the capital.
  var inCapitals: UInt8 { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") ? self & 0xDF : self }
}
