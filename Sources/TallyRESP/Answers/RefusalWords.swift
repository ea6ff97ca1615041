import Tallystick

/// Why something was not done, as one line whose first word programs go by: the reason in capitals.
///
/// None begins with a word that makes some client send again by itself, reconnect, or hide the error (`ERR`, `LOADING`,
/// `TRYAGAIN`, `READONLY`, `MASTERDOWN`, `CLUSTERDOWN`, `NOREPLICAS`, `NOAUTH`): `Serving.md` has the table.
package enum RefusalWords {
  /// Lines, places or holders that one answer names at most.
  private static let most = 16

  package static func text(_ rejection: Rejection) -> String {
    let why: String =
      switch rejection.reason {
      case .insufficient: short(rejection)
      case .unknownItem: unknown(rejection)
      case .limit: limit(rejection)
      case .conflict: conflict(rejection)
      case .settled, .expired: notOpen(rejection)
      case .time: "the command's time is before the last event's, or more than 60 s ahead of the clock"
      case .unknownReservation: "there is no reservation \(rejection.reservation.map { "\($0)" } ?? "of that id")"
      case .changed: "an item has changed since the expected event"
      case .overflow: overflow(rejection)
      }
    return "\(rejection.reason.rawValue.uppercased()) \(why)"
  }

  package static func text(_ busy: Busy) -> String { busyText(busy.retryAfterMilliseconds) }

  /// - Parameter milliseconds: how long to stay away.
  package static func busyText(_ milliseconds: Int64) -> String {
    "BUSY the queue is \(milliseconds) ms long; nothing was done, try again"
  }

  package static func text(_ failure: LogFailure) -> String {
    if case .busy(let busy) = failure { return text(busy) }
    return failure.isOutcomeKnown
      ? "UNAVAILABLE nothing was done: \(failure.description)"
      : "FAILED outcome unknown: \(failure.description); \(failure.advice)"
  }

  package static func text(_ flaw: StockFlaw) -> String { "\(flaw.kind.rawValue) \(flaw.message)" }

  // MARK: Reasons

  private static func overflow(_ rejection: Rejection) -> String {
    guard let item = rejection.item else {
      return
        "the hold would expire, or the order give up waiting, after the last time there is, \(Limits.maxQuantity) ms "
        + "after 1970: name a shorter time, or none"
    }
    return "\(name(item)) would pass \(Limits.maxQuantity)"
  }

  /// `tea@main asked 2 available 1`
  private static func short(_ rejection: Rejection) -> String {
    let lines = list(rejection.short) { "\(name($0.item)) asked \($0.asked) available \($0.available)" }
    if case .held(let holders) = rejection.detail {
      let names = holders.holders.prefix(most).map { "\($0.id) \($0.quantity)" }.joined(separator: ", ")
      return "\(lines); held by \(names)\(holders.others > 0 ? " and \(holders.others) more" : "")"
    }
    let elsewhere = rejection.elsewhere
    return elsewhere.isEmpty ? lines : "\(lines); elsewhere \(list(elsewhere) { "\(name($0.item)) \($0.available)" })"
  }

  private static func unknown(_ rejection: Rejection) -> String {
    let items = rejection.unknown.isEmpty ? [rejection.item].compactMap { $0 } : rejection.unknown
    let elsewhere = rejection.elsewhere
    let places = elsewhere.isEmpty ? "" : "; elsewhere \(list(elsewhere) { "\(name($0.item)) \($0.available)" })"
    return "\(list(items, name)) never received\(places)"
  }

  private static func limit(_ rejection: Rejection) -> String {
    let item = rejection.item.map(name) ?? "an item"
    guard let passed = rejection.passedLimit else { return "\(item) has a limit a customer" }
    guard let count = passed.count else {
      return "\(item) has a limit of \(passed.limit) a customer; name the customer"
    }
    return "\(item) asked \(passed.asked) limit \(passed.limit), of which the customer has \(count)"
  }

  private static func conflict(_ rejection: Rejection) -> String {
    guard case .differs(let differences) = rejection.detail else {
      return "the id or key was used before for something else"
    }
    var parts: [String] = []
    if let first = differences.firstLines { parts.append(list(first) { "\(name($0.item)) \($0.quantity)" }) }
    if let (first, _) = differences.timesToLive { parts.append(first == 0 ? "no TTL" : "TTL \(first)") }
    if let (first, _) = differences.customers { parts.append(first.isEmpty ? "no customer" : "customer \(first)") }
    return "event \(differences.first) reserved otherwise: \(parts.joined(separator: "; "))"
  }

  private static func notOpen(_ rejection: Rejection) -> String {
    let whose = rejection.reservation.map { "\($0): " } ?? ""
    return whose + notOpen(rejection.detail)
  }

  private static func notOpen(_ detail: Rejection.Detail?) -> String {
    switch detail {
    case .notOpen(let lines):
      return list(lines) { "\(name($0.item)) asked \($0.asked) open \($0.open ?? 0)" }
    case .notSold(let lines):
      return list(lines) { "\(name($0.item)) asked \($0.asked) sold \($0.sold) returned \($0.returned)" }
    case .closed(let event, let kind): return "closed by event \(event), \(kind.name)"
    default: return "the reservation is not open"
    }
  }

  // MARK: Words

  /// With its location, always.
  static func name(_ item: ItemName) -> String { "\(item.sku)@\(item.location)" }

  private static func list<Element>(_ elements: [Element], _ text: (Element) -> String) -> String {
    let named = elements.prefix(most).map(text).joined(separator: ", ")
    return elements.count > most ? "\(named) and \(elements.count - most) more" : named
  }
}
