import TallyText
import Tallystick

/// One row a line of an event, for spreadsheets: RFC 4180 (CRLF, quotes where needed), a header first.
///
/// An event without lines has one row, and a recipe one more for each part, a stated order of locations for each of
/// them. What a reservation asked for, where it took parts instead, stands before its lines, in rows without a number.
/// `role` says what such rows tell (`asked`, `part`, `place`). The sums of `on_hand` and `held` over an item's rows are its
/// stock, and that of `waiting` is what reservations in line wait for.
///
/// Ids, SKUs and references come from strangers, and a spreadsheet runs what begins with `=`, `+`, `-` or `@` as a
/// formula. Such a text therefore gets an apostrophe in front, unless `guardsFormulas` is false; numbers never do.
package struct CSVEncoder: EventEncoder {
  /// The header's names, in order.
  package static let columns = [
    "seq", "time", "time_ms", "type", "id", "reservation_seq", "customer", "expires_ms", "key", "ref", "reason",
    "line", "sku", "location", "qty", "on_hand", "held", "effective_ms", "waiting", "waits_until_ms", "role",
    "consumer", "consumed_seq",
  ]

  package private(set) var bytes: [UInt8] = []
  private let guardsFormulas: Bool

  package init(guardsFormulas: Bool = true) { self.guardsFormulas = guardsFormulas }
  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  package mutating func begin() {
    bytes.append(contentsOf: CSVEncoder.columns.joined(separator: ",").utf8)
    endRow()
  }

  package mutating func encode(_ event: RecordedEvent) {
    for line in event.asked { told(line, nil, .asked, of: event) }
    for (index, line) in event.lines.enumerated() {
      head(of: event)
      field(index + 1)
      field(line.item.sku)
      field(line.item.location)
      field(line.quantity)
      field(line.onHandChange)
      field(line.heldChange)
      field(event.effective)
      field(line.waitingChange == 0 ? nil : line.waitingChange)
      end(event.givesUp, nil, of: event)
    }
    guard event.lines.isEmpty else { return }
    head(of: event)
    bytes.append(comma)
    field(event.item?.sku)
    field(event.kind == .preferenceSet ? nil : event.item?.location)
    field(event.refusal.map { Int64(clamping: $0.units) } ?? event.limit ?? event.floor)
    bytes.append(contentsOf: [comma, comma, comma, comma])
    end(nil, nil, of: event)
    for (index, part) in event.parts.enumerated() { told(part, index + 1, .part, of: event) }
    guard let sku = event.item?.sku else { return }
    for (index, location) in event.locations.enumerated() {
      told(Line(sku: sku, location: location, Int64(index + 1)), index + 1, .place, of: event)
    }
  }

  /// What a row tells whose line moves nothing.
  private enum Role: String {
    /// What was asked for, where parts were taken instead.
    case asked
    /// What one unit of an item takes.
    case part
    /// Where a SKU is taken from, in this place.
    case place
  }

  private mutating func told(_ line: Line, _ number: Int?, _ role: Role, of event: RecordedEvent) {
    head(of: event)
    field(number)
    field(line.item.sku)
    field(line.item.location)
    field(line.quantity)
    bytes.append(contentsOf: [comma, comma, comma, comma])
    end(nil, role, of: event)
  }

  /// The columns before those of a line, each with its comma.
  private mutating func head(of event: RecordedEvent) {
    field(event.sequence)
    plain(Timestamp.text(event.time))
    field(event.time)
    plain(event.kind.name)
    field(event.id)
    field(event.reservation)
    field(event.customer)
    field(event.expires)
    field(event.key)
    field(event.reference)
    if let refusal = event.refusal { plain(refusal.cause.name) } else { field(event.reason) }
  }

  private mutating func plain(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    bytes.append(comma)
  }

  /// The last columns, with the row's end.
  private mutating func end(_ waitsUntil: Int64?, _ role: Role?, of event: RecordedEvent) {
    field(waitsUntil)
    plain(role?.rawValue ?? "")
    field(event.consumer)
    if let position = event.position { bytes.append(contentsOf: String(position).utf8) }
    endRow()
  }

  private mutating func field(_ number: (some FixedWidthInteger)?) { plain(number.map { String($0) } ?? "") }

  private mutating func field(_ name: Name?) {
    let text = name?.bytes ?? []
    let isFormula = guardsFormulas && text.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
    let needsQuotes = text.contains { $0 == comma || $0 == quote || $0 == 0x0A || $0 == 0x0D }
    if needsQuotes { bytes.append(quote) }
    if isFormula { bytes.append(UInt8(ascii: "'")) }
    for byte in text {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    if needsQuotes { bytes.append(quote) }
    bytes.append(comma)
  }

  private mutating func endRow() { bytes.append(contentsOf: [0x0D, 0x0A]) }
  private var comma: UInt8 { UInt8(ascii: ",") }
  private var quote: UInt8 { UInt8(ascii: "\"") }
}
