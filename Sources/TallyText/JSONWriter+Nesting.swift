extension JSONWriter {
  /// What was written, as text.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// An object with what `body` writes.
  package mutating func object(_ body: (inout JSONWriter) -> Void) {
    beginObject()
    body(&self)
    endObject()
  }

  /// A field that is a list: `body` writes each element.
  package mutating func array<T>(_ name: StaticString, _ elements: [T], _ body: (inout JSONWriter, T) -> Void) {
    key(name)
    beginArray()
    for element in elements { body(&self, element) }
    endArray()
  }

  /// A field that is null without a value.
  package mutating func field(_ name: StaticString, orNull value: String?) {
    if let value { field(name, value) } else { nullField(name) }
  }

  /// A field that is null without a value.
  package mutating func field(_ name: StaticString, orNull value: (some FixedWidthInteger)?) {
    if let value { field(name, value) } else { nullField(name) }
  }

  /// A number that is not whole, to six places.
  ///
  /// - Parameter value: not negative, below 9 × 10^12.
  package mutating func field(_ name: StaticString, sixPlaces value: Double) {
    let millionths = Int64((value * 1e6).rounded())
    let fraction = String(millionths % 1_000_000)
    key(name)
    number(written: "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction)
  }
}
