import TallyText
import Tallystick

/// Which items of all a question is about, and in which order: what a table shows of very many.
struct StockListing: Sendable {
  enum Order: String, CaseIterable, Sendable {
    /// Item after item, by SKU and then location.
    case name
    /// What there is least of first.
    case available
    /// What has changed last first.
    case changed
  }
  /// Items whose SKU or location holds it, whatever the case of ASCII letters; empty: all.
  var contains: [UInt8] = []
  /// `nil`: as they were registered, which costs nothing.
  var order: Order?
  var skip = 0
  var limit = Int.max

  static let parameters: Set<String> = ["contains", "sort", "skip", "limit"]

  init() {}

  init(_ parameters: [String: [UInt8]]) throws {
    if let text = parameters["contains"] {
      if let flaw = Name(bytes: text).flaw(minimum: 0) { throw Problem.invalid("contains \(flaw)") }
      contains = text.map(StockListing.lowered)
    }
    if let text = parameters["sort"] {
      guard let found = Order(rawValue: String(decoding: text, as: UTF8.self)) else {
        throw Problem.invalid("sort must be one of \(Order.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      order = found
    }
    if let text = parameters["skip"] { skip = Int(clamping: try PathText.number(text, "skip")) }
    if let text = parameters["limit"] { limit = Int(clamping: try PathText.number(text, "limit", from: 1)) }
  }

  /// - Returns: those that are shown, and how many there would be without `skip` and `limit`.
  func page(of levels: [StockLevel]) -> (shown: ArraySlice<StockLevel>, total: Int) {
    var found = contains.isEmpty ? levels : levels.filter { holds($0.item.sku) || holds($0.item.location) }
    switch order {
    case nil: break
    case .name: found.sort { $0.item < $1.item }
    case .available: found.sort { ($0.available, $1.sequence) < ($1.available, $0.sequence) }
    case .changed: found.sort { $0.sequence > $1.sequence }
    }
    return (found.dropFirst(skip).prefix(limit), found.count)
  }

  private func holds(_ name: Name) -> Bool {
    guard name.bytes.count >= contains.count else { return false }
    return (0...(name.bytes.count - contains.count)).contains { start in
      contains.indices.allSatisfy { StockListing.lowered(name.bytes[start + $0]) == contains[$0] }
    }
  }

  private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
