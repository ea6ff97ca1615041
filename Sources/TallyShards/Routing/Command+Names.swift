import Tallystick

/// The names that a command brings or means: they decide where it goes, because a name is used once in the whole shop.
struct CommandNames {
  /// Ids and keys that it would make.
  var made: [Name] = []
  /// Reservations that must be there already.
  var meant: [Name] = []

  init(_ command: Command) {
    if let key = command.key { made.append(key) }
    gather(command.operation)
  }

  private mutating func gather(_ operation: Operation) {
    switch operation {
    case .reserve(let id, _, _, _, _): made.append(id)
    case .transferWith(_, _, _, _, .of(let ids)): meant += ids
    case .returnedOf(let order, _, _): meant.append(order)
    case .batch(let operations): for operation in operations { gather(operation) }
    case .dated(let operation, _): gather(operation)
    default: if let id = operation.changedReservation { meant.append(id) }
    }
  }

  var all: [Name] { made + meant }

  /// One that has the form of a cart's part, which only the router makes.
  var reserved: Name? { made.first { CartPart($0) != nil } ?? meant.first { CartPart($0) != nil } }
}

extension Operation {
  /// The same, with other names for reservations: a cart's part has its own in its shard.
  ///
  /// - Parameter name: what a reservation is called there.
  func renamingOrders(_ name: (Name) -> Name) -> Operation {
    switch self {
    case .transferWith(let sku, let quantity, let from, let to, .of(let ids)):
      .transferWith(sku: sku, quantity: quantity, from: from, to: to, .of(ids.map(name)))
    case .returnedOf(let order, let lines, let reference):
      .returnedOf(order: name(order), lines, reference: reference)
    case .dated(let operation, let effective): .dated(operation.renamingOrders(name), effective: effective)
    case .batch(let operations): .batch(operations.map { $0.renamingOrders(name) })
    default: self
    }
  }

  /// Lets go of other people's holds where stock is missing, and so perhaps of a part of a cart.
  var releasesHolds: Bool {
    switch self {
    case .adjust(_, _, _, .some): true
    case .dated(let operation, _): operation.releasesHolds
    case .batch(let operations): operations.contains { $0.releasesHolds }
    default: false
    }
  }
}

extension Outcome {
  /// The same, and whose sequence number it has.
  func inShard(_ shard: Int) -> Outcome {
    switch self {
    case .accepted(var acceptance):
      acceptance.shard = shard
      return .accepted(acceptance)
    case .repeated(var acceptance):
      acceptance.shard = shard
      return .repeated(acceptance)
    case .rejected(var rejection):
      rejection.shard = shard
      return .rejected(rejection)
    case .invalid, .busy, .failed: return self
    }
  }
}
