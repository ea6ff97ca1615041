/// What a leaf of the tree over a log's events stands for: one event, in words that need nothing else to be read.
///
/// The first line says which event, when, and what it is; the others what it says, items by their names. Of kinds that
/// no proof is made for there is the first line only: what they say is what the frame's own hash covers.
public enum EventLeaf {
  /// The first word, and the `type` of a proof of one.
  public static let type = "tallystick-event/1"

  /// An item's names.
  public struct ItemNames: Sendable, Equatable {
    /// What it is.
    public var sku: Name
    /// Where it is.
    public var location: Name

    /// - Parameters: see the properties.
    public init(sku: Name, location: Name) {
      self.sku = sku
      self.location = location
    }
  }

  /// The hash over a frame's events: the root of the tree of their leaves, in their order.
  ///
  /// - Parameters:
  ///   - columns: the events.
  ///   - names: of the items by number, the frame's own included.
  /// - Returns: `nil` if an event names an item that there is not.
  public static func root(of columns: borrowing EventColumns, _ names: [ItemNames]) -> Digest? {
    var tree = GrowingTree()
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) {
      guard let data = data(of: row, in: columns, names) else { return nil }
      tree.append(MerkleHash.leaf(data))
    }
    return tree.root
  }

  /// The words of one event; `nil` if it names an item that there is not.
  public static func data(
    of row: EventColumns.Row, in columns: borrowing EventColumns, _ names: [ItemNames]
  ) -> [UInt8]? {
    data(of: row, in: columns) { Int($0.rawValue) < names.count ? names[Int($0.rawValue)] : nil }
  }

  /// As ``data(of:in:_:)``, where not the names of all items are at hand.
  ///
  /// - Parameter name: an item's; `nil`: there is no such item.
  package static func data(
    of row: EventColumns.Row, in columns: borrowing EventColumns, naming name: (ItemNumber) -> ItemNames?
  ) -> [UInt8]? {
    var text = LeafText()
    text.line(type, [row.sequence, UInt64(row.time)], row.kind.name)
    let place = row.ordinal
    switch row.kind {
    case .itemRegistered:
      text.line("sku", columns.registered.skus[place].bytes)
      text.line("location", columns.registered.locations[place].bytes)
    case .reserved:
      text.line("id", columns.reserved.ids[place].bytes)
      let customer = columns.reserved.customers[place].bytes
      if !customer.isEmpty { text.line("customer", customer) }
      return text.appending(columns.reserved.lines[place], name)
    case .waiting:
      text.line("id", columns.waiting.ids[place].bytes)
      let customer = columns.waiting.customers[place].bytes
      if !customer.isEmpty { text.line("customer", customer) }
      return text.appending(columns.waiting.lines[place], name)
    case .filled: text.line("of", [columns.filled[place]])
    case .expired: text.line("of", [columns.expired[place]])
    case .committed:
      text.line("of", [columns.committed.references[place]])
      return text.appending(columns.committed.lines[place], name)
    case .released:
      text.line("of", [columns.released.references[place]])
      return text.appending(columns.released.lines[place], name)
    default: break
    }
    return text.bytes
  }
}

/// Lines of words.
private struct LeafText {
  private(set) var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(128) }

  mutating func line(_ word: String, _ name: [UInt8]) {
    bytes.append(contentsOf: word.utf8)
    bytes.append(0x20)
    bytes.append(contentsOf: name)
    bytes.append(0x0A)
  }

  mutating func line(_ word: String, _ numbers: [UInt64], _ last: String? = nil) {
    bytes.append(contentsOf: word.utf8)
    for number in numbers {
      bytes.append(0x20)
      bytes.append(contentsOf: String(number).utf8)
    }
    if let last {
      bytes.append(0x20)
      bytes.append(contentsOf: last.utf8)
    }
    bytes.append(0x0A)
  }

  /// With three lines for each of the event's.
  @inline(__always)
  consuming func appending(
    _ lines: ArraySlice<LineEntry>, _ name: (ItemNumber) -> EventLeaf.ItemNames?
  ) -> [UInt8]? {
    for entry in lines {
      guard let item = name(entry.item) else { return nil }
      line("quantity", [UInt64(max(0, entry.quantity))])
      line("sku", item.sku.bytes)
      line("location", item.location.bytes)
    }
    return bytes
  }
}
