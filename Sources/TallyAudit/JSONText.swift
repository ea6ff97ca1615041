/// Writes JSON piece by piece, compact, with the keys in the order in which they are given.
struct JSONText {
  private(set) var text = ""
  private var needsComma = false

  private mutating func separate() {
    if needsComma { text += "," }
    needsComma = true
  }

  mutating func object(_ body: (inout JSONText) -> Void) { nested("{", "}", body) }

  mutating func array<T>(_ name: String, _ elements: [T], _ body: (inout JSONText, T) -> Void) {
    key(name)
    nested("[", "]") { out in
      for element in elements { body(&out, element) }
    }
  }

  private mutating func nested(_ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
    separate()
    text += open
    needsComma = false
    body(&self)
    text += close
    needsComma = true
  }

  mutating func key(_ name: String) {
    separate()
    quote(name)
    text += ":"
    needsComma = false
  }

  mutating func string(_ value: String) {
    separate()
    quote(value)
  }

  mutating func null() {
    separate()
    text += "null"
  }

  mutating func field(_ name: String, _ value: String?) {
    key(name)
    if let value { string(value) } else { null() }
  }

  mutating func field(_ name: String, _ value: (some BinaryInteger)?) {
    key(name)
    if let value {
      separate()
      text += String(value)
    } else {
      null()
    }
  }

  /// A number of seconds, to the microsecond.
  mutating func field(_ name: String, _ value: Double) {
    key(name)
    separate()
    let micros = Int64((value * 1e6).rounded())
    let fraction = String(micros % 1_000_000)
    text += "\(micros / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
  }

  private mutating func quote(_ value: String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
