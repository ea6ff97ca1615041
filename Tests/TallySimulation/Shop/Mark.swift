import Tallystick

/// What tells the event that a command makes from the events of other commands.
struct Mark: Hashable, Sendable {
  var kind: EventKind
  var key: Name?
  var id: Name?
  /// Reference, reason or customer.
  var text: Name = ""
  /// By item; empty for a settlement of all that is open.
  var lines: [Line] = []
  /// Of an adjustment, a limit or a floor.
  var amount: Int64 = 0
  var effective: Int64?
}

extension Mark {
  /// The marks of the events that `command` asks for; the last is the command's own.
  static func marks(of command: Command) -> [Mark] {
    // What expires is no command's own.
    if case .expire = command.operation { return [] }
    // Nor is a registration: what comes first registers.
    if case .register = command.operation { return [] }
    // How far somebody has read may have been told before.
    switch command.operation {
    case .acknowledge, .forgetConsumer: return []
    default: break
    }
    guard case .batch(let operations) = command.operation else { return [mark(command.operation, key: command.key)] }
    var marks = operations.map { mark($0, key: nil) }
    if let key = command.key { marks.append(Mark(kind: .batch, key: key)) }
    return marks
  }

  private static func mark(_ operation: Operation, key: Name?) -> Mark {
    var mark = Mark(kind: .batch, key: key)
    switch operation {
    case .receive(let lines, let reference), .returned(let lines, let reference):
      mark.kind = .received
      if case .returned = operation { mark.kind = .returned }
      mark.text = reference ?? ""
      mark.lines = merged(lines)
    case .reserve(let id, let lines, let customer, _, _):
      mark.kind = .reserved
      mark.id = id
      mark.text = customer ?? ""
      mark.lines = merged(lines)
    case .commit(let id, let lines), .release(let id, let lines):
      mark.kind = .committed
      if case .release = operation { mark.kind = .released }
      mark.id = id
      mark.lines = merged(lines ?? [])
    case .adjust(let item, let adjustment, let reason, _):
      mark.kind = .adjusted
      mark.text = reason
      mark.lines = [Line(item, 0)]
      switch adjustment {
      case .to(let quantity): mark.amount = quantity
      case .by(let change): mark.amount = change
      }
    case .transfer(let sku, let quantity, let from, let to):
      mark.kind = .transferred
      mark.lines = [Line(sku: sku, location: from, quantity), Line(sku: sku, location: to, quantity)]
    case .transferWith(let sku, let quantity, let from, let to, _):
      mark.kind = .transferredWith
      mark.lines = [Line(sku: sku, location: from, quantity), Line(sku: sku, location: to, quantity)]
    case .limit(let item, let limit):
      mark.kind = .limitSet
      mark.lines = [Line(item, 0)]
      mark.amount = limit ?? -1
    case .returnedOf(let order, let lines, let reference):
      mark.kind = .returnedOf
      mark.id = order
      mark.text = reference ?? ""
      mark.lines = merged(lines)
    case .recipe(let item, let parts):
      mark.kind = .recipeSet
      mark.lines = [Line(item, 0)] + merged(parts)
    case .prefer(let sku, let locations):
      mark.kind = .preferenceSet
      mark.text = sku
      mark.lines = locations.map { Line(sku: sku, location: $0, 0) }
    case .floor(let item, let floor):
      mark.kind = .floorSet
      mark.lines = [Line(item, 0)]
      mark.amount = floor
    case .dated(let movement, let effective):
      mark = self.mark(movement, key: key)
      mark.effective = effective
    case .commitMore(let id, let lines), .amend(let id, let lines):
      mark.kind = .committedMore
      if case .amend = operation { mark.kind = .amended }
      mark.id = id
      mark.lines = merged(lines)
    case .extend(let id, let timeToLive), .reopen(let id, let timeToLive):
      mark.kind = .extended
      if case .reopen = operation { mark.kind = .reopened }
      mark.id = id
      mark.amount = timeToLive ?? 0
    case .batch, .expire, .register, .acknowledge, .forgetConsumer: break
    }
    return mark
  }

  private static func merged(_ lines: [Line]) -> [Line] {
    if lines.count == 1 { return lines }
    var sums: [ItemName: Int64] = [:]
    for line in lines { sums[line.item, default: 0] += line.quantity }
    return sums.map { Line($0.key, $0.value) }.sorted { $0.item < $1.item }
  }

  /// The mark of an event; `nil` if no command asks for such an event: the log makes it by itself.
  init?(_ event: RecordedEvent) {
    self.init(kind: event.kind, key: event.key, id: event.id, effective: event.effective)
    let lines = { event.lines.map { Line($0.item, $0.quantity) } }
    switch event.kind {
    case .itemRegistered, .expired, .filled, .acknowledged, .consumerForgotten, .refused: return nil
    case .received, .returned, .returnedOf:
      text = event.reference ?? ""
      self.lines = lines().sorted { $0.item < $1.item }
    case .reserved, .waiting:
      // Whether it had to wait is not the client's doing.
      kind = .reserved
      text = event.customer ?? ""
      self.lines = (event.asked.isEmpty ? lines() : event.asked).sorted { $0.item < $1.item }
    case .committed, .released:
      if event.byAdjust { return nil }
      if event.isPartial { self.lines = lines().sorted { $0.item < $1.item } }
    case .adjusted:
      text = event.reason ?? ""
      self.lines = event.lines.map { Line($0.item, 0) }
      amount = event.adjustedTo ?? event.adjustedBy ?? 0
    case .transferred, .transferredWith: self.lines = lines()
    case .limitSet:
      self.lines = event.item.map { [Line($0, 0)] } ?? []
      amount = event.limit ?? -1
    case .floorSet:
      self.lines = event.item.map { [Line($0, 0)] } ?? []
      amount = event.floor ?? 0
    case .recipeSet:
      self.lines = (event.item.map { [Line($0, 0)] } ?? []) + event.parts.sorted { $0.item < $1.item }
    case .preferenceSet:
      text = event.item?.sku ?? ""
      self.lines = event.locations.map { Line(sku: text, location: $0, 0) }
    case .extended, .reopened: amount = event.expires.map { $0 - event.time } ?? 0
    case .amended, .committedMore: self.lines = lines().sorted { $0.item < $1.item }
    case .batch: break
    }
  }
}
