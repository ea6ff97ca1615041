import Tallystick

/// An order that the log has as sold, and the sales and returns by which earlier imports made it what its file said then.
struct SoldOrder {
  /// The order, and the further sales of it, in their order: what was sold and has not come back.
  private var parts: [(id: Name, lines: [Line])]
  let status: ReservationStatus
  /// Edits that the log has already.
  private let edits: Int

  /// - Parameter edits: how many of the order's edits the log has.
  /// - Returns: `nil` if the order is none that was sold as a whole, or is another customer's, or if goods of it came back by
  ///   other ways, so that nobody can tell whether the file knows of them.
  init?(_ id: Name, customer: Name?, edits: Int, _ history: any ImportHistory) throws(ImportError) {
    guard let status = try history.reservation(id), status.state == .committed, status.customer == customer else {
      return nil
    }
    self.status = status
    self.edits = edits
    parts = [(id, try history.sold(of: id))]
    if edits == 0 {
      guard parts[0].lines.sorted() == status.lines.map({ Line($0.item, $0.reserved) }).sorted() else { return nil }
      return
    }
    for number in 1...edits {
      let further = SoldOrder.further(id, number)
      guard let status = try history.reservation(further) else { continue }
      guard status.state == .committed else { return nil }
      parts.append((further, try history.sold(of: further)))
    }
  }

  /// The key of an order's edit.
  static func editKey(_ order: Name, _ number: Int) -> Name { MovementKey.name(order, "/edit/\(number)") }
  /// The id of what an edit sells of an order beyond what it had.
  private static func further(_ order: Name, _ number: Int) -> Name { MovementKey.name(order, "/more/\(number)") }

  /// The sale of what is more, and the return of what is less than before; `nil`: nothing is.
  func edit(to lines: [Line]) -> (operation: Operation, key: Name)? {
    let id = parts[0].id
    let asked = Dictionary(lines.map { ($0.item, $0.quantity) }, uniquingKeysWith: +)
    let has = Dictionary(parts.flatMap(\.lines).map { ($0.item, $0.quantity) }, uniquingKeysWith: +)
    let items = Set(asked.keys).union(has.keys).sorted()
    var more = [Line]()
    var less: [ItemName: Int64] = [:]
    for item in items {
      let difference = asked[item, default: 0] - has[item, default: 0]
      if difference > 0 { more.append(Line(item, difference)) }
      if difference < 0 { less[item] = -difference }
    }
    var operations = [Operation]()
    if !more.isEmpty {
      let further = SoldOrder.further(id, edits + 1)
      operations += [.reserve(id: further, more, customer: status.customer), .commit(id: further)]
    }
    for part in parts {
      var returned = [Line]()
      for line in part.lines {
        let units = min(line.quantity, less[line.item, default: 0])
        if units > 0 { returned.append(Line(line.item, units)) }
        less[line.item, default: 0] -= units
      }
      if !returned.isEmpty { operations.append(.returnedOf(order: part.id, returned, reference: id)) }
    }
    return operations.isEmpty ? nil : (.batch(operations), SoldOrder.editKey(id, edits + 1))
  }
}

extension [Line] {
  fileprivate func sorted() -> [Line] { sorted { $0.item < $1.item } }
}
