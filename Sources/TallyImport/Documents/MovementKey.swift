import TallyText
import Tallystick

/// Idempotency keys of an import: made from the document's number, what happens, and when.
enum MovementKey {
  /// Such as `PO-1/receive/2026-01-05` or `PO-1/write-off/2026-01-05T08:30/2`.
  ///
  /// - Parameters:
  ///   - time: of the first row, in Unix milliseconds.
  ///   - number: counts what a command of its own is made for; `nil`: there is only one.
  static func name(
    _ document: Name, _ what: String, _ time: Int64, _ sameness: ImportMapping.Sameness, number: Int? = nil
  ) -> Name {
    var text = "/\(what)"
    if let moment = moment(time, sameness) { text += "/\(moment)" }
    if let number { text += "/\(number)" }
    return name(document, text)
  }

  /// The number with something behind it; beyond 64 bytes shortened as all names are.
  static func name(_ document: Name, _ suffix: String) -> Name {
    var bytes = [UInt8]()
    bytes.reserveCapacity(document.bytes.count + suffix.utf8.count)
    bytes.append(contentsOf: document.bytes)
    bytes.append(contentsOf: suffix.utf8)
    return NameShortening.shortened(Name(bytes: bytes))
  }

  /// In UTC, as short as it can be said.
  private static func moment(_ time: Int64, _ sameness: ImportMapping.Sameness) -> Substring? {
    if sameness == .number { return nil }
    // `2026-01-05T08:30:00.000Z`
    let text = Timestamp.text(time).dropLast()
    if sameness == .day || time % 86_400_000 == 0 { return text.prefix { $0 != "T" } }
    if time % 60_000 == 0 { return text.dropLast(7) }
    return time % 1000 == 0 ? text.dropLast(4) : text
  }
}
