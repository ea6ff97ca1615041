import Tallystick

/// The transfers of one document: whole ones, and halves that are brought together.
struct PendingTransfers {
  private struct Half {
    var location: Name
    var quantity: Int64
  }
  private struct Route: Hashable {
    var sku: Name
    var from: Name
    var to: Name
  }

  private(set) var rows = 0
  private(set) var units: Int64 = 0
  private(set) var rowLines: [Int] = []
  /// In the order in which they first appear.
  private var routes: [Route] = []
  private var quantities: [Route: Int64] = [:]
  private var skus: [Name] = []
  private var leaving: [Name: [Half]] = [:]
  private var arriving: [Name: [Half]] = [:]

  mutating func add(_ row: ImportRow, notesLines: Bool) {
    rows += 1
    if notesLines { rowLines.append(row.line) }
    if let to = row.destination {
      units = units.saturatingSum(row.quantity)
      add(Route(sku: row.item.sku, from: row.item.location, to: to), row.quantity)
      return
    }
    let half = Half(location: row.item.location, quantity: row.quantity)
    if leaving[row.item.sku] == nil && arriving[row.item.sku] == nil { skus.append(row.item.sku) }
    if row.action == .transferOut {
      units = units.saturatingSum(row.quantity)
      leaving[row.item.sku, default: []].append(half)
    } else {
      arriving[row.item.sku, default: []].append(half)
    }
  }

  private mutating func add(_ route: Route, _ quantity: Int64) {
    if quantities[route] == nil { routes.append(route) }
    quantities[route] = quantities[route, default: 0].saturatingSum(quantity)
  }

  /// One transfer, or a batch of them; or why there is none.
  func operation() -> Result<Operation, FieldFlaw> {
    var all = self
    for sku in skus { if let flaw = all.match(sku) { return .failure(flaw) } }
    let transfers = all.routes.map {
      Operation.transfer(sku: $0.sku, quantity: all.quantities[$0, default: 0], from: $0.from, to: $0.to)
    }
    guard let first = transfers.first else { return .failure(FieldFlaw(what: "moves nothing")) }
    return .success(transfers.count == 1 ? first : .batch(transfers))
  }

  /// What leaves first arrives first. What leaves and arrives at one place stays there.
  private mutating func match(_ sku: Name) -> FieldFlaw? {
    var from = leaving[sku, default: []][...]
    var to = arriving[sku, default: []][...]
    let left = from.reduce(0 as Int64) { $0.saturatingSum($1.quantity) }
    let arrived = to.reduce(0 as Int64) { $0.saturatingSum($1.quantity) }
    guard left == arrived else {
      return FieldFlaw(what: "has \(left) of \(sku) leaving and \(arrived) arriving; the other half is missing")
    }
    while var out = from.first, var into = to.first {
      let quantity = min(out.quantity, into.quantity)
      if out.location != into.location {
        add(Route(sku: sku, from: out.location, to: into.location), quantity)
      }
      out.quantity -= quantity
      into.quantity -= quantity
      if out.quantity == 0 { from.removeFirst() } else { from[from.startIndex] = out }
      if into.quantity == 0 { to.removeFirst() } else { to[to.startIndex] = into }
    }
    return nil
  }
}
