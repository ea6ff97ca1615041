/// What names, texts, quantities, lines and batches must be to be judged at all, and the words for what is wrong with them.
///
/// Stated here once: the library asks it of commands and rows, and who reads them from JSON or the command line says with
/// it, in its own names for the parts, what cannot become a command. Costs nothing but the look where nothing is wrong.
package enum Form {
  // MARK: Numbers

  /// Of a line, and of a transfer.
  package static var quantities: ClosedRange<Int64> { 1...Limits.maxQuantity }
  /// What an item may be set to by an adjustment, and a customer's limit.
  package static var levels: ClosedRange<Int64> { 0...Limits.maxQuantity }
  /// What an adjustment may change an item by; not 0.
  package static var changes: ClosedRange<Int64> { -Limits.maxQuantity...Limits.maxQuantity }
  /// Milliseconds.
  package static var timesToLive: ClosedRange<Int64> { 1...Limits.maxQuantity }
  /// Unix milliseconds.
  package static var times: ClosedRange<Int64> { 0...Limits.maxQuantity }
  /// Lines that a batch's commands may have together: a batch is one step, and a step is in one frame.
  package static var maxBatchLines: Int { 100_000 }

  @inline(__always) static func isQuantity(_ quantity: Int64) -> Bool {
    quantity >= 1 && quantity <= Limits.maxQuantity
  }

  @inline(__always) static func isTimeToLive(_ milliseconds: Int64) -> Bool {
    milliseconds >= 1 && milliseconds <= Limits.maxQuantity
  }

  /// What is wrong with a number; `nil`: nothing.
  ///
  /// - Parameter what: how the caller calls it, here and below: the first word of the sentence.
  package static func flaw(
    of number: Int64, in range: ClosedRange<Int64>, _ what: @autoclosure () -> String
  ) -> String? {
    range.contains(number) ? nil : mustBe(in: range, what())
  }

  /// The words for a number that is out of range, or for something that is none.
  package static func mustBe(in range: ClosedRange<Int64>, _ what: String) -> String {
    "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)"
  }

  package static func flaw(ofChange change: Int64, _ what: @autoclosure () -> String) -> String? {
    if change == 0 { return "\(what()) must not be 0" }
    return flaw(of: change, in: changes, what())
  }

  // MARK: Names and texts

  /// Whether this is a name that needs no closer look.
  @inline(__always) static func isPlainName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { Name.isPlain(bytes) }

  static func isName(_ name: Name) -> Bool { name.bytes.withUnsafeBufferPointer { isName($0) } }

  @inline(__always) static func isName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    isPlainName(bytes) || Name.flaw(of: bytes) == nil
  }

  /// What is wrong with a SKU, location, id, customer or key: 1 to 64 bytes of UTF-8 without control characters.
  package static func flaw(
    ofName bytes: UnsafeBufferPointer<UInt8>, _ what: @autoclosure () -> String
  ) -> String? {
    Name.flaw(of: bytes).map { "\(what()) \($0)" }
  }

  package static func flaw(ofName name: Name, _ what: @autoclosure () -> String) -> String? {
    name.bytes.withUnsafeBufferPointer { flaw(ofName: $0, what()) }
  }

  /// What is wrong with a reference or reason: up to 256 bytes of UTF-8 without control characters.
  ///
  /// - Parameter minimum: bytes; where people are asked for a reason they must give one.
  package static func flaw(
    ofText bytes: UnsafeBufferPointer<UInt8>, minimum: Int = 0, _ what: @autoclosure () -> String
  ) -> String? {
    Name.flaw(of: bytes, minimum: minimum, maximum: Limits.maxTextBytes).map { "\(what()) \($0)" }
  }

  package static func flaw(ofText text: Name, minimum: Int = 0, _ what: @autoclosure () -> String) -> String? {
    text.bytes.withUnsafeBufferPointer { flaw(ofText: $0, minimum: minimum, what()) }
  }

  // MARK: Lines and batches

  package static func flaw(ofLineCount count: Int) -> String? {
    if count < 1 { return "lines must hold at least one line" }
    return count > Limits.maxLinesPerEvent ? "lines are more than \(Limits.maxLinesPerEvent)" : nil
  }

  package static func flaw(ofCommandCount count: Int) -> String? {
    if count < 1 { return "commands must hold at least one command" }
    return count > Limits.maxBatchCommands ? "commands are more than \(Limits.maxBatchCommands)" : nil
  }

  package static var batchInBatch: String { "a batch cannot hold a batch" }
  package static var expireInBatch: String { "an expire in a batch: all that is due expires before it anyhow" }
  package static var expireWithMore: String {
    "an expire has no key and no expected sequence number: it has no event of its own"
  }
  package static var anywhereInKeyedBatch: String {
    "a line at any location in a batch with a key: what was asked could not be told from what was taken; send the batch"
      + " without a key, the reservations' ids are theirs"
  }
  package static var registerInBatch: String { "a register in a batch: send it before the batch, it harms nothing" }
  package static var registerWithKey: String { "a register has no key: what exists already stays as it is" }
  package static var consumerInBatch: String { "what a consumer has handled in a batch: it is told by itself" }
  package static var consumerWithMore: String {
    "what a consumer has handled has no key and no expected sequence number: told again, it changes nothing"
  }
  package static var effectiveOfOther: String {
    "only a receive, return, adjust or transfer has an effective time"
  }
  package static var keyOfReserve: String { "a reserve takes no key: its id is its key" }

  package static func flaw(
    ofTransferFrom from: Name, to: Name, _ what: @autoclosure () -> String = "from and to"
  ) -> String? {
    from == to ? "\(what()) are the same location" : nil
  }

  /// - Parameter range: what the quantities may be.
  static func flaw(of lines: [Line], in range: ClosedRange<Int64> = quantities) -> String? {
    if let flaw = flaw(ofLineCount: lines.count) { return flaw }
    for line in lines {
      if let flaw = flaw(of: line.quantity, in: range, "the quantity \(line.quantity) of \(line.item.sku)") {
        return flaw
      }
      if let flaw = flaw(of: line.item) { return flaw }
    }
    return nil
  }

  /// What stock is put into, or registered: not just anywhere.
  static func flaw(ofTargets items: some Sequence<ItemName>) -> String? {
    items.contains(where: \.isAnywhere) ? "the location * stands for any: only a reservation's line has it" : nil
  }

  static func flaw(of wait: Operation.Wait) -> String? {
    switch wait {
    case .forever: nil
    case .milliseconds(let count): flaw(of: count, in: timesToLive, "the wait of \(count) ms")
    }
  }

  package static func flaw(of holds: HoldSelection) -> String? {
    guard case .of(let ids) = holds else { return nil }
    if ids.isEmpty { return "with names no reservation" }
    if ids.count > Limits.maxLinesPerEvent { return "with names more than \(Limits.maxLinesPerEvent) reservations" }
    for id in ids { if let flaw = flaw(ofName: id, "the reservation id") { return flaw } }
    return nil
  }

  /// - Parameter parts: none drop the recipe.
  package static func flaw(ofRecipe item: ItemName, _ parts: [Line]) -> String? {
    if let flaw = flaw(of: item) ?? flaw(ofTargets: CollectionOfOne(item)) { return flaw }
    if parts.isEmpty { return nil }
    if let flaw = flaw(of: parts) ?? flaw(ofTargets: parts.lazy.map(\.item)) { return flaw }
    let merged = MergedLines.merge(parts)
    if merged.contains(where: { $0.item == item }) { return "\(item) cannot be a part of itself" }
    if let large = merged.first(where: { !quantities.contains($0.quantity) }) {
      return mustBe(in: quantities, "the quantity of \(large.item.sku), added up,")
    }
    return merged.count > Limits.maxParts ? "a recipe has at most \(Limits.maxParts) parts" : nil
  }

  /// - Parameter locations: none drop the order.
  package static func flaw(ofPreference sku: Name, _ locations: [Name]) -> String? {
    if let flaw = flaw(ofName: sku, "the SKU") { return flaw }
    if locations.count > Limits.maxLinesPerEvent { return "the locations are more than \(Limits.maxLinesPerEvent)" }
    var seen = Set<Name>()
    for location in locations {
      if let flaw = flaw(ofName: location, "the location") { return flaw }
      if location == .anyLocation { return "the location * stands for any: it has no place among others" }
      if !seen.insert(location).inserted { return "the location \(location) stands there twice" }
    }
    return nil
  }

  static func flaw(of item: ItemName) -> String? {
    flaw(ofName: item.sku, "the SKU") ?? flaw(ofName: item.location, "the location")
  }
}
