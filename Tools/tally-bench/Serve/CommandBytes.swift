/// Commands of Redis's protocol, written so that the client takes as little as can be of the time that it measures: no
/// text is made on the way.
extension [UInt8] {
  /// A command of so many words, the first of which is its name.
  mutating func command(_ words: Int, _ name: StaticString) {
    head(UInt8(ascii: "*"), words)
    word(name)
  }

  mutating func word(_ text: StaticString) {
    head(UInt8(ascii: "$"), text.utf8CodeUnitCount)
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    endLine()
  }

  mutating func word(_ text: String) {
    head(UInt8(ascii: "$"), text.utf8.count)
    append(contentsOf: text.utf8)
    endLine()
  }

  /// A word that ends with a number of 0 or more.
  mutating func word(_ text: StaticString, _ number: Int) {
    var digits = 1
    var rest = number
    while rest > 9 {
      rest /= 10
      digits += 1
    }
    head(UInt8(ascii: "$"), text.utf8CodeUnitCount + digits)
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    decimal(number)
    endLine()
  }

  private mutating func head(_ kind: UInt8, _ count: Int) {
    append(kind)
    decimal(count)
    endLine()
  }

  private mutating func decimal(_ number: Int) {
    var divisor = 1
    while number / divisor > 9 { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(48 + number / divisor % 10))
      divisor /= 10
    }
  }

  private mutating func endLine() {
    append(0x0D)
    append(0x0A)
  }
}
