import TallyText
import Tallystick

/// What a path or a query says, byte by byte: names need not be normalised text.
enum PathText {
  /// - Returns: `nil` where a `%` is not followed by two hexadecimal digits.
  static func bytes(_ text: some StringProtocol, plusIsBlank: Bool = false) -> [UInt8]? {
    var found: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard let high = rest.popFirst().flatMap(nibble), let low = rest.popFirst().flatMap(nibble) else { return nil }
        found.append(high << 4 | low)
      } else {
        found.append(plusIsBlank && byte == UInt8(ascii: "+") ? 0x20 : byte)
      }
    }
    return found
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  static func name(_ text: some StringProtocol, _ what: String) throws -> Name {
    guard let bytes = bytes(text) else { throw Problem.invalid("the \(what) has a % without two hexadecimal digits") }
    let name = Name(bytes: bytes)
    if let flaw = Form.flaw(ofName: name, "the \(what)") { throw Problem.invalid(flaw) }
    return name
  }

  /// `{sku}` or `{sku}@{location}`; with a location beside it, the SKU as it stands.
  static func item(_ text: some StringProtocol, location: [UInt8]?) throws -> ItemName {
    let whole = try PathText.name(text, "SKU")
    var item = ItemName(sku: whole)
    if let location {
      item.location = Name(bytes: location)
    } else if let at = whole.bytes.lastIndex(of: UInt8(ascii: "@")) {
      item = ItemName(
        sku: Name(bytes: Array(whole.bytes[..<at])), location: Name(bytes: Array(whole.bytes[(at + 1)...])))
    }
    if let flaw = Form.flaw(ofName: item.sku, "the SKU") ?? Form.flaw(ofName: item.location, "the location") {
      throw Problem.invalid(flaw)
    }
    return item
  }

  /// The parameters of a query, each once, none but these.
  static func parameters(_ query: String?, allowed: Set<String>) throws -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    for pair in (query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let value = bytes(parts.count > 1 ? parts[1] : "", plusIsBlank: true) else {
        throw Problem.invalid("the query has a % without two hexadecimal digits")
      }
      let name = String(parts[0])
      guard allowed.contains(name) else {
        throw Problem.invalid(
          "there is no parameter \(name.printable); there are \(allowed.sorted().joined(separator: ", "))")
      }
      guard found.updateValue(value, forKey: name) == nil else { throw Problem.invalid("\(name) stands there twice") }
    }
    return found
  }

  static func number(_ bytes: [UInt8], _ what: String, from least: UInt64 = 0) throws -> UInt64 {
    guard !bytes.isEmpty, bytes.allSatisfy({ $0 &- 48 < 10 }),
      let number = UInt64(String(decoding: bytes, as: UTF8.self)),
      number <= UInt64(Int64.max), number >= least
    else { throw Problem.invalid("\(what) must be a whole number from \(least) on") }
    return number
  }
}
