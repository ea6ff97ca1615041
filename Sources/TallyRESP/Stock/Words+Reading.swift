import Tallystick

/// Names, numbers and items among words; what is wrong with one is said in full.
extension Words {
  /// A name of 1 to 64 bytes.
  func name(_ index: Int, _ what: String) throws(StockFlaw) -> Name {
    if let flaw = Form.flaw(ofName: self[index], what) { throw .invalid(flaw) }
    return name(index)
  }

  /// `sku` or `sku@location`, split at the last `@`.
  ///
  /// - Parameter home: where an item is that names no location.
  func item(_ index: Int, at home: Name = .main) throws(StockFlaw) -> ItemName {
    let word = self[index]
    guard let at = word.lastIndex(of: UInt8(ascii: "@")) else {
      return ItemName(sku: try name(index, "the SKU"), location: home)
    }
    let sku = UnsafeBufferPointer(rebasing: word[..<at])
    let location = UnsafeBufferPointer(rebasing: word[(at + 1)...])
    if let flaw = Form.flaw(ofName: sku, "the SKU") ?? Form.flaw(ofName: location, "the location") {
      throw .invalid(flaw)
    }
    // Nearly every location is the default one: share its storage.
    return ItemName(
      sku: Name(bytes: Array(sku)),
      location: location.elementsEqual(Name.main.bytes) ? .main : Name(bytes: Array(location)))
  }

  /// A whole number in the range.
  ///
  /// - Parameter what: made for a message only: it costs more than the number.
  func number(
    _ index: Int, _ range: ClosedRange<Int64>, _ what: @autoclosure () -> String
  ) throws(StockFlaw) -> Int64 {
    guard let value = wholeNumber(index), range.contains(value) else {
      throw .invalid("\(Form.mustBe(in: range, what())), not \(shown(index))")
    }
    return value
  }

  /// `nil`: no digits, something else among them, or beyond what 64 bits hold.
  private func wholeNumber(_ index: Int) -> Int64? {
    let word = self[index]
    guard let first = word.first else { return nil }
    let isNegative = first == UInt8(ascii: "-")
    let digits = isNegative || first == UInt8(ascii: "+") ? word.dropFirst() : word[...]
    if digits.isEmpty { return nil }
    var value: Int64 = 0
    for digit in digits {
      guard digit &- 48 < 10 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflow) = product.addingReportingOverflow(Int64(digit - 48))
      if overflow || sumOverflow { return nil }
      value = sum
    }
    return isNegative ? -value : value
  }

  /// Pairs of an item and a quantity, from `index` up to the first option.
  func lines(
    _ index: inout Int, in range: ClosedRange<Int64> = Form.quantities, at home: Name = .main
  ) throws(StockFlaw) -> [Line] {
    var lines: [Line] = []
    while index < count, !StockOptions.Word.stands(at: index, in: self) {
      let item = try item(index, at: home)
      guard index + 1 < count else { throw .invalid("no quantity stands behind \(shown(index))") }
      lines.append(Line(item, try number(index + 1, range, "the quantity of \(shown(index))")))
      index += 2
    }
    return lines
  }

  /// The word in quotes, on one line and not too long, whatever it holds.
  package func shown(_ index: Int) -> String {
    let word = self[index]
    var text = ""
    for scalar in String(decoding: word.prefix(64), as: UTF8.self).unicodeScalars {
      text.unicodeScalars.append(scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "?" : scalar)
    }
    return "'\(text)\(word.count > 64 ? "…" : "")'"
  }
}
