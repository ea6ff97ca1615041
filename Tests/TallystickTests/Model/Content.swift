import Tallystick

extension Operation {
  /// The content of a command in one form: equal contents are equal, however their lines are ordered or split.
  var content: Operation {
    func sorted(_ lines: [Line]) -> [Line] { lines.merged.map { Line($0.key, $0.value) }.sorted { $0.item < $1.item } }
    func text(_ reference: Name?) -> Name? { reference?.isEmpty == true ? nil : reference }
    return switch self {
    case .receive(let lines, let reference): .receive(sorted(lines), reference: text(reference))
    case .returned(let lines, let reference): .returned(sorted(lines), reference: text(reference))
    case .returnedOf(let order, let lines, let reference):
      .returnedOf(order: order, sorted(lines), reference: text(reference))
    // How long it would wait is no part of it.
    case .reserve(let id, let lines, let customer, let timeToLive, _):
      .reserve(id: id, sorted(lines), customer: customer, timeToLive: timeToLive)
    case .commit(let id, let lines): .commit(id: id, lines.map(sorted))
    case .release(let id, let lines): .release(id: id, lines.map(sorted))
    case .batch(let operations): .batch(operations.map(\.content))
    case .dated(let movement, let effective): .dated(movement.content, effective: effective)
    case .commitMore(let id, let lines): .commitMore(id: id, sorted(lines))
    case .amend(let id, let lines): .amend(id: id, sorted(lines))
    case .transferWith(let sku, let quantity, let from, let to, .of(let ids)):
      .transferWith(sku: sku, quantity: quantity, from: from, to: to, .of(Set(ids).sorted()))
    case .recipe(let item, let parts): .recipe(item, sorted(parts))
    case .transferWith: self
    case .adjust, .transfer, .limit, .expire, .extend, .reopen, .floor, .register, .acknowledge, .prefer,
      .forgetConsumer:
      self
    }
  }
}

extension [Line] {
  /// Quantities added up for each item; never beyond `Int64`.
  var merged: Amounts {
    reduce(into: [:]) { amounts, line in
      let (sum, overflow) = amounts[line.item, default: 0].addingReportingOverflow(line.quantity)
      amounts[line.item] = overflow ? .max : sum
    }
  }
}
