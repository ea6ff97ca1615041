/// Which items are of one SKU: chains of item numbers, the youngest first, found through a table (open addressing, linear
/// probing, at most half full) of their heads.
///
/// Made when something first asks, and behind the items until something asks again: registering costs nothing. 12 to 20
/// bytes an item then.
struct SKUChains: Sendable {
  /// The item before of the same SKU, + 1; 0: there is none.
  private var previous: [UInt32] = []
  /// The youngest item of a SKU, + 1; 0: no SKU.
  private var heads: [UInt32] = []
  private var headCount = 0

  /// Items that are in chains: the first so many.
  private var count: Int { previous.count }

  /// Takes in what has been registered since.
  mutating func follow(_ names: ItemNames) {
    while count < names.count {
      if (headCount + 1) * 2 > heads.count { grow(names) }
      let number = count
      let place = names.withBytes(number) { sku, _ in self.place(of: sku, names) }
      if heads[place] == 0 { headCount += 1 }
      previous.append(heads[place])
      heads[place] = UInt32(number + 1)
    }
  }

  /// Ascending. What was registered since the last ``follow(_:)`` is not among them.
  func numbers(of sku: Name, _ names: ItemNames) -> [ItemNumber] {
    guard !heads.isEmpty else { return [] }
    var numbers = [ItemNumber]()
    var next = heads[sku.bytes.withUnsafeBufferPointer { place(of: $0, names) }]
    while next > 0 {
      numbers.append(ItemNumber(next - 1))
      next = previous[Int(next - 1)]
    }
    return numbers.reversed()
  }

  /// Forgets the item that was registered last, before its name is forgotten.
  mutating func removeLast(_ names: ItemNames) {
    guard count == names.count, let earlier = previous.last else { return }
    let gap = names.withBytes(count - 1) { sku, _ in self.place(of: sku, names) }
    previous.removeLast()
    if earlier > 0 {
      heads[gap] = earlier
    } else {
      headCount -= 1
      close(gap, names)
    }
  }

  /// Empties a place; heads behind it that would not be found any more move up.
  private mutating func close(_ emptied: Int, _ names: ItemNames) {
    var gap = emptied
    let mask = heads.count - 1
    var position = (gap + 1) & mask
    while heads[position] != 0 {
      let home = home(of: heads[position], names)
      if (position - home) & mask >= (position - gap) & mask {
        heads[gap] = heads[position]
        gap = position
      }
      position = (position + 1) & mask
    }
    heads[gap] = 0
  }

  private mutating func grow(_ names: ItemNames) {
    let old = heads
    heads = [UInt32](repeating: 0, count: max(64, old.count * 2))
    for head in old where head > 0 {
      var place = home(of: head, names)
      while heads[place] != 0 { place = (place + 1) & (heads.count - 1) }
      heads[place] = head
    }
  }

  private func home(of head: UInt32, _ names: ItemNames) -> Int {
    names.withBytes(Int(head - 1)) { sku, _ in home(ofSKU: sku) }
  }

  private func home(ofSKU sku: UnsafeBufferPointer<UInt8>) -> Int {
    Int(truncatingIfNeeded: ItemNames.hash(ofSKU: sku)) & (heads.count - 1)
  }

  /// Where the SKU's head stands, or where it would.
  private func place(of sku: UnsafeBufferPointer<UInt8>, _ names: ItemNames) -> Int {
    var place = home(ofSKU: sku)
    while heads[place] != 0 {
      if names.withBytes(Int(heads[place] - 1), { other, _ in other.elementsEqual(sku) }) { break }
      place = (place + 1) & (heads.count - 1)
    }
    return place
  }
}
