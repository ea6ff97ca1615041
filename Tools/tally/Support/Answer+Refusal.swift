import Tallystick

/// Why a command was refused, in words that say what to do next.
extension Answer {
  static func describe(_ rejection: Rejection, of command: Command) -> String {
    let name = rejection.reservation.map { "\($0)" } ?? name(of: command)
    let reservation = name ?? "the reservation"
    let stock = RefusalText(rejection)
    let why: String =
      switch rejection.reason {
      case .time: "its time is before the last event's, or more than 60 s ahead of the clock"
      case .conflict:
        reopening(command).map { id in
          "\(id) is open, or waits in line\(command.key == nil ? "" : ", or the key was used before for something else"): "
            + "extend moves the expiry of a hold, tally show \(id) tells"
        }
          ?? differences(rejection, reservation)
          ?? "\(keyed(command) ?? name ?? "the id or key") was used before for something else; use a new one"
      case .unknownReservation: "there is no reservation \(name ?? "")"
      case .settled, .expired: whyNotOpen(rejection, reservation)
      case .unknownItem: stock.unknown
      case .changed: "an item has changed since the expected sequence number; look again and decide anew"
      case .limit: stock.limit
      case .insufficient: holders(rejection) ?? stock.insufficient + advice(command)
      case .overflow: overflow(rejection)
      }
    return "\(rejection.reason.rawValue): \(why) (at event \(rejection.atSequence))"
  }

  /// What would pass 2^53 − 1: a number of an item, or else a time.
  private static func overflow(_ rejection: Rejection) -> String {
    if let item = rejection.item { return "\(item) would pass \(Limits.maxQuantity)" }
    return "the hold would expire, or the order give up waiting, after the last time there is, \(Limits.maxQuantity)ms "
      + "after 1970; name a shorter time, or leave it out for none"
  }

  /// What a command that is short could do instead.
  private static func advice(_ command: Command) -> String {
    switch command.operation {
    case .transfer: "; what is held moves with its holds: --with ID, or --with all"
    case .reserve(_, let lines, _, _, _):
      // What has a line at any location does not wait.
      lines.contains { $0.item.location == .anyLocation }
        ? (command.operation.waits ? "; a line at any location does not wait" : "")
        : "; --wait=D would stand in line for it"
    default: ""
    }
  }

  /// What is said of a `reserve` that repeats one which holds nothing any more.
  static func lapsed(_ acceptance: Acceptance, _ command: Command) -> String {
    let name = name(of: command) ?? "the reservation"
    let state = acceptance.state.map { ": it is \($0.rawValue)" } ?? ""
    return "\(name) was reserved by event \(acceptance.sequence) and holds nothing any more\(state)"
  }

  /// One hold that an adjustment has taken.
  static func describe(_ hold: ReleasedHold) -> String {
    let lines = hold.lines.map { "\($0.item) \($0.quantity)" }.joined(separator: ", ")
    return "released \(hold.id)\(hold.customer.map { ", customer \($0)" } ?? ""): \(lines)"
  }

  /// The key of a command whose id makes nothing: only the key can have been used before.
  private static func keyed(_ command: Command) -> String? {
    if case .reserve = command.operation { return nil }
    return command.key.map { "the key \($0)" }
  }

  private static func whyNotOpen(_ rejection: Rejection, _ reservation: String) -> String {
    if !rejection.places.isEmpty {
      let places = rejection.places.map { "place \($0.place) for \($0.item), \($0.unitsBefore) before it" }
      return "\(reservation) waits in line and holds nothing: \(places.joined(separator: ", "))"
        + "; tally amend can have it wait for less, and tally release ends its waiting"
    }
    switch rejection.detail {
    case .notOpen(let lines):
      return lines.map { line in
        line.open.map { "\(reservation) has \($0) of \(line.item) open, \(line.asked) asked" }
          ?? "\(line.item) is not in \(reservation)"
      }.joined(separator: "; ")
    case .notSold(let lines):
      return lines.map { line in
        "of \(line.item) \(reservation) has sold \(line.sold), and \(line.returned) have come back; \(line.asked) asked"
      }.joined(separator: "; ")
    case .closed(let event, let kind):
      let how = "\(reservation) \(kind == .expired ? "expired" : "was \(kind.name)") by event \(event)"
      return kind == .committed
        ? how + "; use return --order \(reservation)"
        : how + "; it holds nothing any more; to hold it again: tally reopen \(reservation)"
    default:
      return rejection.reason == .expired
        ? "\(reservation) has expired" : "what it would settle is not open any more, or not in \(reservation)"
    }
  }

  /// How a `reserve` differs from the one that its id stands for.
  private static func differences(_ rejection: Rejection, _ reservation: String) -> String? {
    guard case .differs(let differences) = rejection.detail else { return nil }
    var parts: [String] = []
    var next: [String] = []
    if let first = differences.firstLines, let now = differences.lines {
      parts.append("\(text(of: first)), now \(text(of: now))")
      next.append("amend \(reservation) \(now.map { "\($0.item)=\($0.quantity)" }.joined(separator: " "))")
    }
    if let (first, now) = differences.timesToLive {
      func text(_ time: Int64) -> String { time == 0 ? "none" : Milliseconds(time).description }
      parts.append("--ttl \(text(first)), now \(text(now))")
      next.append("extend \(reservation) --ttl \(text(now))")
    }
    if let (first, now) = differences.customers {
      parts.append("customer \(first.isEmpty ? "none" : "\(first)"), now \(now.isEmpty ? "none" : "\(now)")")
      // A reservation is one customer's for ever.
      next = []
    }
    let advice = next.isEmpty ? "use a new id" : "to change it: " + next.map { "tally \($0)" }.joined(separator: "; ")
    return "\(reservation) was reserved by event \(differences.first) with \(parts.joined(separator: "; ")); \(advice)"
  }

  private static func text(of lines: [Line]) -> String {
    lines.isEmpty ? "nothing that exists" : lines.map { "\($0.item) \($0.quantity)" }.joined(separator: ", ")
  }

  /// Who holds what an adjustment would take.
  private static func holders(_ rejection: Rejection) -> String? {
    guard case .held(let held) = rejection.detail, let short = rejection.short.first else { return nil }
    func list(_ names: [String], of count: Int) -> String {
      names.joined(separator: ", ") + (count > names.count ? " and \(count - names.count) others" : "")
    }
    let total = held.units
    let who = list(held.holders.map { "\($0.id) \($0.quantity)" }, of: held.holders.count + held.others)
    let advice =
      held.newestCount > 0
      ? "--release newest would let \(list(held.newest.map { "\($0)" }, of: held.newestCount)) go"
      : "there is less than that on hand"
    return "\(short.item): \(total) are held (\(who)); \(advice)"
  }

  /// The reservation that is to be reopened.
  private static func reopening(_ command: Command) -> Name? {
    if case .reopen(let id, _) = command.operation { id } else { nil }
  }

  /// The order whose goods are to come back.
  private static func order(of command: Command) -> Name? {
    switch command.operation {
    case .returnedOf(let order, _, _), .dated(.returnedOf(let order, _, _), _): order
    default: nil
    }
  }

  /// The reservation it is about, or its key.
  private static func name(of command: Command) -> String? {
    (command.operation.reservationID ?? command.operation.changedReservation ?? order(of: command) ?? command.key).map {
      "\($0)"
    }
  }
}

extension Acceptance {
  /// Of a repeated `reserve`: it was a hold once, and is none any more. (What stands in line is yet to be one.)
  var hasLapsed: Bool { holds == false && state != .waiting }
}
