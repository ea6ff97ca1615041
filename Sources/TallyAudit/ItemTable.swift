import TallyFormat

/// What is known of one item's stock, and what every event that moves it looks at: half a cache line.
struct Stock: BitwiseCopyable {
  var onHand: Int64 = 0
  var held: Int64 = 0
  var lastChange: UInt64
  /// The lowest available after an event that took stock.
  var lowest = Int64.max

  /// Floors left out: what proves that nothing was oversold.
  var available: Int64 { onHand - held }
}

/// The most of an item that one customer may have.
struct ItemLimit: BitwiseCopyable {
  /// 0: none.
  var plusOne: UInt64 = 0
  var since: UInt64 = 0
}

/// All items by number: stock in one dense array, names in another that the fold hardly touches.
struct ItemTable: ~Copyable {
  var stock = FlatMemory<Stock>()
  private(set) var limits = FlatMemory<ItemLimit>()
  /// False until the first limit is set: most logs have none, and then no event need look for one.
  private(set) var hasLimits = false
  /// Units of items that nobody may reserve; above 0. Few items have any.
  private(set) var floors: [Int: Int64] = [:]
  /// False until the first floor is set, as ``hasLimits``.
  private(set) var hasFloors = false
  /// What items are made of.
  private(set) var recipes = ItemRecipes()
  /// False until the first recipe is set, as ``hasLimits``.
  private(set) var hasRecipes = false
  /// Of SKUs that have a stated order of locations: the items that come first.
  private(set) var preferences: [Name: [Int]] = [:]
  /// The first event that left an item's lowest available.
  var lowestSequences = FlatMemory<UInt64>()
  /// SKU and location of each as they stand in the canonical form of the state: two `name`.
  private var names: [UInt8] = []
  /// Where each item's names end.
  private var ends: [Int] = []
  /// Upper half: of the fingerprint of both names; lower half: the number + 1 of an item; 0: empty. A power of two, at
  /// most half full.
  private var slots = [UInt64](repeating: 0, count: 64)
  /// So many items are in them.
  private var listed = 0
  private let hasher = NameHasher()

  var count: Int { stock.count }

  /// Bytes at most to be asked for when so many more items are registered; 0 for none.
  func growth(by more: Int) -> Int {
    guard more > 0 else { return 0 }
    var bytes = stock.growth(by: more) + limits.growth(by: more) + lowestSequences.growth(by: more)
    let namesBytes = more * 2 * (Limits.maxNameBytes + 1)
    if names.count + namesBytes > names.capacity { bytes += max(names.capacity * 2, names.count + namesBytes) }
    if ends.count + more > ends.capacity { bytes += max(ends.capacity * 2, ends.count + more) * 8 }
    if (count + more) * 2 > slots.count { bytes += max(slots.count, count + more) * 8 * 8 }
    return bytes
  }

  /// Registers the next item.
  ///
  /// - Returns: the number of the item that has this SKU and location already, if one has.
  mutating func register(
    _ sku: UnsafeBufferPointer<UInt8>, _ location: UnsafeBufferPointer<UInt8>, at sequence: UInt64
  ) -> Int? {
    let number = stock.count
    append(sku)
    append(location)
    ends.append(names.count)
    stock.append(Stock(lastChange: sequence))
    limits.append(ItemLimit())
    lowestSequences.append(0)
    if listed < number { listOthers() }
    return list(number, UnsafeRawBufferPointer(sku), UnsafeRawBufferPointer(location))
  }

  /// Registers the next item of those that an earlier audit knew, none of which is there twice.
  ///
  /// - Parameter both: its names as they stand in the canonical form.
  mutating func takeOver(_ both: UnsafeRawBufferPointer, _ itsStock: Stock) {
    names.append(contentsOf: both)
    ends.append(names.count)
    stock.append(itsStock)
    limits.append(ItemLimit())
    lowestSequences.append(0)
  }

  /// Lists the items that were taken over: only a log that has further ones registered looks for names.
  private mutating func listOthers() {
    for number in listed..<(count - 1) {
      let (sku, location) = (Array(sku(number)), Array(location(number)))
      _ = sku.withUnsafeBytes { sku in location.withUnsafeBytes { list(number, sku, $0) } }
    }
  }

  /// - Returns: the number of the item that has this SKU and location already, if one has.
  private mutating func list(
    _ number: Int, _ sku: UnsafeRawBufferPointer, _ location: UnsafeRawBufferPointer
  ) -> Int? {
    listed = number + 1
    while slots.count < listed * 2 { growSlots() }
    let fingerprint = hasher.fingerprint(sku) &+ hasher.fingerprint(location) &* 0x9E37_79B9_7F4A_7C15
    let tag = fingerprint >> 32
    var slot = Int(truncatingIfNeeded: tag) & (slots.count - 1)
    while slots[slot] != 0 {
      let other = Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) - 1
      if slots[slot] >> 32 == tag, names[range(other)] == names[range(number)] { return other }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = tag << 32 | UInt64(truncatingIfNeeded: number + 1)
    return nil
  }

  private mutating func append(_ name: UnsafeBufferPointer<UInt8>) {
    // The decoder admits at most 64 bytes.
    names.append(UInt8(truncatingIfNeeded: name.count))
    names.append(contentsOf: name)
  }

  private mutating func growSlots() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 4)
    for entry in old where entry != 0 {
      var slot = Int(truncatingIfNeeded: entry >> 32) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = entry
    }
  }

  private func range(_ number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

  func sku(_ number: Int) -> ArraySlice<UInt8> {
    let begin = range(number).lowerBound
    return names[(begin + 1)..<(begin + 1 + Int(names[begin]))]
  }
  func location(_ number: Int) -> ArraySlice<UInt8> { names[(sku(number).endIndex + 1)..<ends[number]] }

  /// An item's names as they stand in the canonical form.
  @inline(__always)
  func withNames(_ number: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    names.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range(number)])) }
  }

  mutating func setLimit(_ number: Int, _ limit: ItemLimit) {
    hasLimits = true
    limits[number] = limit
  }

  /// - Parameter floor: 0: none.
  mutating func setFloor(_ number: Int, _ floor: Int64) {
    hasFloors = true
    floors[number] = floor == 0 ? nil : floor
  }

  /// What those who wait can be given of an item: what is available above its floor.
  func aboveFloor(_ number: Int) -> Int64 {
    hasFloors ? bounded(stock[number].available, plus: -(floors[number] ?? 0)) : stock[number].available
  }

  /// - Parameter recipe: `nil`: none any more.
  mutating func setRecipe(_ number: Int, _ recipe: ItemRecipes.Recipe?) {
    hasRecipes = true
    recipes.set(number, recipe)
  }

  /// - Parameter order: of items; none: none any more.
  mutating func setPreference(_ sku: Name, _ order: [Int]) { preferences[sku] = order.isEmpty ? nil : order }

  /// To be called when something was put on hand of an item, where some item has a recipe.
  mutating func noteStock(_ number: Int) {
    if stock[number].onHand > 0 { recipes.noteStock(number) }
  }

  /// The names as text, if there is such an item.
  func names(_ number: Int) -> ItemNames? {
    guard number >= 0, number < count else { return nil }
    return ItemNames(
      sku: String(decoding: sku(number), as: UTF8.self), location: String(decoding: location(number), as: UTF8.self))
  }

  /// The items whose available fell lowest, lowest first.
  func lowest(_ limit: Int) -> [LowestAvailable] {
    guard limit > 0 else { return [] }
    let taken = (0..<count).filter { stock[$0].lowest != .max }
    return taken.sorted { (stock[$0].lowest, $0) < (stock[$1].lowest, $1) }.prefix(limit).compactMap { number in
      names(number).map {
        LowestAvailable(
          sku: $0.sku, location: $0.location, available: stock[number].lowest, sequence: lowestSequences[number],
          onHand: stock[number].onHand, held: stock[number].held)
      }
    }
  }
}

/// Sums that an intact log cannot overflow and a forged one must not: quantities are below 2^56, sums stay within ±2^62.
@inline(__always)
func bounded(_ value: Int64, plus change: Int64) -> Int64 { min(max(value &+ change, -(1 << 62)), 1 << 62) }
