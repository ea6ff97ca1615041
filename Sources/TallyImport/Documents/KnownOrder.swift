import Tallystick

/// An order that the log has with other content than it was made with in the file.
enum KnownOrder {
  /// The log and the file differ, and nothing is done about it: the log's answer.
  case conflict(Outcome)
  /// It was amended since it was made, and is what the file says.
  case same(Outcome)
  /// It becomes what the file says by these lines.
  case amend([Line])
  /// It was sold, and becomes what the file says by a further sale, a return, or both: one batch with its key.
  case sold(Operation, key: Name, Outcome)

  /// - Parameters:
  ///   - order: with a `reserve`.
  ///   - outcome: the log's answer to it.
  init(
    _ order: PendingCommand, _ outcome: Outcome, _ history: (any ImportHistory)?, _ policy: ImportMapping.EditPolicy
  ) {
    self = .conflict(outcome)
    guard case .reserve(let id, let lines, let customer, _, _) = order.command.operation, let history,
      let status = try? history.reservation(id), status.customer == customer
    else { return }
    let asked = Dictionary(lines.map { ($0.item, $0.quantity) }, uniquingKeysWith: +)
    let logged = Dictionary(status.lines.map { ($0.item, $0.reserved) }, uniquingKeysWith: +).filter { $0.value > 0 }
    if asked == logged {
      self = .same(.repeated(Acceptance(sequence: status.sequence, state: status.state)))
    } else if policy == .amend && status.state == .open {
      let items = Set(asked.keys).union(logged.keys).filter { asked[$0] != logged[$0] }.sorted()
      self = .amend(items.map { Line($0, asked[$0] ?? 0) })
    }
  }

  /// An order that was sold, and is to be sold by the file as well; `nil`: nothing can be said of it.
  ///
  /// - Parameter edits: how many of its edits the log has.
  init?(sold order: PendingCommand, edits: Int, _ history: any ImportHistory) {
    guard case .reserve(let id, let lines, let customer, _, _) = order.command.operation,
      let sold = try? SoldOrder(id, customer: customer, edits: edits, history)
    else { return nil }
    let repeated = Outcome.repeated(Acceptance(sequence: sold.status.sequence, state: sold.status.state))
    if let (operation, key) = sold.edit(to: lines) {
      self = .sold(operation, key: key, repeated)
    } else {
      self = .same(repeated)
    }
  }

  /// Whether the log is to be asked for this, of the order's commands.
  func asks(_ kind: ImportReport.CommandKind) -> Bool {
    switch self {
    case .conflict: false
    case .same: kind == .commit
    case .amend: true
    case .sold: kind == .order
    }
  }

  /// What is known without asking.
  var outcome: Outcome {
    switch self {
    case .conflict(let outcome), .same(let outcome), .sold(_, _, let outcome): outcome
    case .amend: .invalid("an order is amended")
    }
  }
}

extension PendingCommand {
  /// Whether it is an order or a commit of one.
  var isOfOrder: Bool { kind == .order || kind == .commit }

  /// Its order's amendment instead, where there is one. It happens now: an order's date is that of its making.
  func amended(by orders: [Name: KnownOrder]) -> PendingCommand {
    guard kind == .order, let known = orders[document] else { return self }
    var command = self
    switch known {
    case .conflict, .same: return self
    case .amend(let lines): command.command.operation = .amend(id: document, lines)
    case .sold(let operation, let key, _):
      command.command.operation = operation
      command.command.key = key
    }
    command.kind = .amend
    command.command.expectedSequence = nil
    command.isProbe = false
    return command
  }
}
