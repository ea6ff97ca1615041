import Tallystick

/// A row as bytes that only this process reads back: a head of fixed length, then its names.
///
/// What orders rows is read from the bytes, so that rows are sorted without being made. Good as long as the bytes are.
struct EncodedRow {
  let bytes: UnsafeRawBufferPointer
  private let head: RowHead

  /// - Parameter bytes: as ``ImportRow/encode(into:)`` made them.
  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    head = bytes.loadUnaligned(as: RowHead.self)
  }

  var line: Int { Int(head.line) }
  /// Unix milliseconds.
  var time: Int64 { head.time }
  var action: ImportMapping.Action { head.action }

  /// The bytes of its document's number.
  var document: UnsafeRawBufferPointer {
    let first = MemoryLayout<RowHead>.size
    return UnsafeRawBufferPointer(rebasing: bytes[first..<(first + Int(head.counts.document))])
  }

  /// The row; names that others had lately share their memory.
  func row(_ names: inout NameCache) -> ImportRow {
    var offset = MemoryLayout<RowHead>.size
    func name(_ count: Int16) -> Name? {
      guard count >= 0 else { return nil }
      let text = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + Int(count))])
      offset += Int(count)
      return text.withMemoryRebound(to: UInt8.self) { names.name($0) }
    }
    let counts = head.counts
    let document = name(counts.document) ?? ""
    let sku = name(counts.sku) ?? ""
    let location = name(counts.location) ?? .main
    let customer = name(counts.customer)
    let reason = name(counts.reason)
    let destination = name(counts.destination)
    return ImportRow(
      line: line, document: document, item: ItemName(sku: sku, location: location), quantity: head.quantity,
      time: time, customer: customer, reason: reason, destination: destination, action: action,
      recordCount: Int(head.recordCount))
  }
}

extension ImportRow {
  /// Appends it behind the number of its bytes; see ``EncodedRow``.
  func encodeWithLength(into bytes: inout [UInt8]) {
    let head = RowHead(self)
    withUnsafeBytes(of: UInt32(MemoryLayout<RowHead>.size + head.counts.total).littleEndian) {
      bytes.append(contentsOf: $0)
    }
    withUnsafeBytes(of: head) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: document.bytes)
    bytes.append(contentsOf: item.sku.bytes)
    if head.counts.location >= 0 { bytes.append(contentsOf: item.location.bytes) }
    if let customer { bytes.append(contentsOf: customer.bytes) }
    if let reason { bytes.append(contentsOf: reason.bytes) }
    if let destination { bytes.append(contentsOf: destination.bytes) }
  }
}

/// What of a row has a fixed length.
private struct RowHead {
  /// Bytes of the names; -1: there is none, or the location is the default one.
  struct Counts {
    var document: Int16
    var sku: Int16
    var location: Int16
    var customer: Int16
    var reason: Int16
    var destination: Int16

    var total: Int {
      Int(document) + Int(sku) + Int(max(0, location)) + Int(max(0, customer)) + Int(max(0, reason))
        + Int(max(0, destination))
    }
  }

  var line: Int64
  var quantity: Int64
  var time: Int64
  var counts: Counts
  var action: ImportMapping.Action
  var recordCount: UInt8

  init(_ row: ImportRow) {
    line = Int64(row.line)
    quantity = row.quantity
    time = row.time
    action = row.action
    recordCount = UInt8(row.recordCount)
    counts = Counts(
      document: RowHead.count(row.document), sku: RowHead.count(row.item.sku),
      location: row.item.location == .main ? -1 : RowHead.count(row.item.location),
      customer: row.customer.map(RowHead.count) ?? -1, reason: row.reason.map(RowHead.count) ?? -1,
      destination: row.destination.map(RowHead.count) ?? -1)
  }

  private static func count(_ name: Name) -> Int16 { Int16(clamping: name.bytes.count) }
}
