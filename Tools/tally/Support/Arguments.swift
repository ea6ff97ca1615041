import TallyText
import Tallystick

/// Names and quantities on the command line. What is wrong with one is said in full, and is a usage error.
enum Arguments {
  /// A name of 1 to 64 bytes.
  static func name(_ text: String, _ what: String) throws -> Name {
    let name = Name(text)
    if let flaw = Form.flaw(ofName: name, "the \(what) \(quote(text))") { throw CommandFailure.usage(flaw) }
    return name
  }

  /// A text of up to 256 bytes.
  static func text(_ text: String, _ what: String, minimum: Int = 0) throws -> Name {
    let name = Name(text)
    if let flaw = Form.flaw(ofText: name, minimum: minimum, "the \(what) \(quote(text))") {
      throw CommandFailure.usage(flaw)
    }
    return name
  }

  /// `sku` or `sku@location`, split at the last `@`.
  ///
  /// - Parameter location: where it is if that is not said.
  static func item(_ text: String, at location: Name = .main) throws -> ItemName {
    guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else {
      return ItemName(sku: try name(text, "SKU"), location: location)
    }
    return ItemName(
      sku: try name(String(text[..<at]), "SKU"),
      location: try name(String(text[text.utf8.index(after: at)...]), "location"))
  }

  /// `sku=qty` or `sku@location=qty`, split at the last `=`, then at the last `@`.
  ///
  /// - Parameters:
  ///   - range: what the quantity may be.
  ///   - location: where the item is if that is not said.
  static func line(
    _ text: String, in range: ClosedRange<Int64> = Form.quantities, at location: Name = .main
  ) throws -> Line {
    guard let equals = text.utf8.lastIndex(of: UInt8(ascii: "=")) else {
      throw CommandFailure.usage("\(quote(text)) names no quantity; write SKU=QTY or SKU@LOCATION=QTY")
    }
    return Line(
      try item(String(text[..<equals]), at: location),
      try quantity(String(text[text.utf8.index(after: equals)...]), of: text, in: range))
  }

  static func lines(
    _ texts: [String], in range: ClosedRange<Int64> = Form.quantities, at location: Name = .main
  ) throws -> [Line] {
    if let flaw = Form.flaw(ofLineCount: texts.count) { throw CommandFailure.usage(flaw) }
    return try texts.map { try line($0, in: range, at: location) }
  }

  /// A whole number in the range.
  static func quantity(_ text: String, of whole: String, in range: ClosedRange<Int64>) throws -> Int64 {
    let digits =
      text.utf8.first == UInt8(ascii: "-") || text.utf8.first == UInt8(ascii: "+")
      ? text.utf8.dropFirst() : text.utf8[...]
    guard !digits.isEmpty, digits.allSatisfy({ $0 &- 48 < 10 }) else {
      throw CommandFailure.usage("the quantity \(quote(text)) in \(quote(whole)) is not a whole number")
    }
    guard let value = Int64(text), range.contains(value) else {
      throw CommandFailure.usage(Form.mustBe(in: range, "the quantity \(text) in \(quote(whole))"))
    }
    return value
  }

  /// The text in quotes, on one line, whatever it holds.
  static func quote(_ text: String) -> String {
    let shown = String(text.unicodeScalars.prefix(80)).printable
    return "\"\(shown)\(text.unicodeScalars.count > 80 ? "…" : "")\""
  }
}
