import Tallystick

extension ImportRow {
  /// Appends it in a form that only this process reads back.
  func encode(into bytes: inout [UInt8]) {
    let names: [(Name?)] = [document, item.sku, item.location, customer, reason, destination]
    var head = RowHead(
      line: Int64(line), quantity: quantity, time: time, action: action.index,
      recordCount: UInt8(recordCount), counts: (0, 0, 0, 0, 0, 0))
    head.counts = (
      RowHead.count(names[0]), RowHead.count(names[1]), RowHead.count(names[2]), RowHead.count(names[3]),
      RowHead.count(names[4]), RowHead.count(names[5])
    )
    withUnsafeBytes(of: &head) { bytes.append(contentsOf: $0) }
    for case let name? in names { bytes.append(contentsOf: name.bytes) }
  }

  /// Reads it back. `similar`: a row like it, whose names are shared where they are the same.
  init(decoding bytes: UnsafeRawBufferPointer, similar: ImportRow?) {
    let head = bytes.loadUnaligned(as: RowHead.self)
    var offset = MemoryLayout<RowHead>.size
    func name(_ count: Int16, like other: Name?) -> Name? {
      guard count >= 0 else { return nil }
      let text = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + Int(count))])
      offset += Int(count)
      if let other, other.bytes.count == text.count, other.bytes.elementsEqual(text) { return other }
      return Name(bytes: Array(text))
    }
    let counts = head.counts
    let document = name(counts.0, like: similar?.document) ?? ""
    let sku = name(counts.1, like: similar?.item.sku) ?? ""
    let location = name(counts.2, like: similar?.item.location ?? .main) ?? .main
    let customer = name(counts.3, like: similar?.customer)
    let reason = name(counts.4, like: similar?.reason)
    let destination = name(counts.5, like: similar?.destination)
    self.init(
      line: Int(head.line), document: document, item: ItemName(sku: sku, location: location), quantity: head.quantity,
      time: head.time, customer: customer, reason: reason, destination: destination,
      action: ImportMapping.Action.allCases[Int(head.action)], recordCount: Int(head.recordCount))
  }
}

/// What of a row has a fixed length.
private struct RowHead {
  var line: Int64
  var quantity: Int64
  var time: Int64
  var action: UInt8
  var recordCount: UInt8
  /// Bytes of the names; -1: there is none.
  var counts: (Int16, Int16, Int16, Int16, Int16, Int16)

  static func count(_ name: Name?) -> Int16 { name.map { Int16(clamping: $0.bytes.count) } ?? -1 }
}

extension ImportMapping.Action {
  private static let indices = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($0.element, UInt8($0.offset)) })
  /// Its place among all.
  fileprivate var index: UInt8 { ImportMapping.Action.indices[self] ?? 0 }
}
