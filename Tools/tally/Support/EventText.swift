import TallyText
import Tallystick

/// An event on one line, for people.
enum EventText {
  static func describe(_ event: RecordedEvent) -> String {
    var parts = [String(event.sequence), Timestamp.text(event.time), event.kind.name]
    if let id = event.id { parts.append("\(id)") }
    if !event.asked.isEmpty { parts.append("asked \(list(event.asked)), takes") }
    if let detail = detail(of: event) { parts.append(detail) }
    if let customer = event.customer { parts.append("customer \(customer)") }
    if let expires = event.expires { parts.append("expires \(Timestamp.text(expires))") }
    if event.kind == .extended || event.kind == .reopened, event.expires == nil { parts.append("never expires") }
    if let timeToLive = event.timeToLive { parts.append("to be held for \(Milliseconds(timeToLive))") }
    if let givesUp = event.givesUp { parts.append("until \(Timestamp.text(givesUp))") }
    if let reference = event.reference { parts.append("ref \(reference)") }
    if let reason = event.reason { parts.append("reason \(reason)") }
    if let effective = event.effective { parts.append("effective \(Timestamp.text(effective))") }
    if let key = event.key { parts.append("key \(key)") }
    if event.byAdjust { parts.append("by an adjustment") }
    if event.letsGo {
      let waited = event.lines.contains { $0.waitingChange != 0 }
      parts.append(waited ? "it waits no longer" : "nothing is held any more")
    }
    return parts.joined(separator: "  ")
  }

  private static func list(_ lines: [Line]) -> String {
    lines.map { "\($0.item) \($0.quantity)" }.joined(separator: ", ")
  }

  private static func detail(of event: RecordedEvent) -> String? {
    switch event.kind {
    case .itemRegistered: return event.item.map { "\($0)" }
    case .limitSet: return event.item.map { "\($0) \(event.limit.map(String.init) ?? "none")" }
    case .floorSet: return event.item.map { "\($0) \(event.floor ?? 0)" }
    case .recipeSet: return event.item.map { "\($0) \(event.parts.isEmpty ? "none" : list(event.parts))" }
    case .preferenceSet:
      let order = event.locations.map { "\($0)" }.joined(separator: ", ")
      return event.item.map { "\($0.sku) \(order.isEmpty ? "none" : "from \(order)")" }
    case .acknowledged: return event.consumer.map { "\($0) up to \(event.position ?? 0)" }
    case .consumerForgotten: return event.consumer.map { "\($0)" }
    case .refused:
      return event.refusal.map {
        let item = event.item.map { "\($0)" } ?? "further items"
        return "\(item)  \($0.asks) times, \($0.units) units, \($0.cause.name), until \(Timestamp.text($0.last))"
      }
    case .batch: return "\(event.results.count) commands"
    case .adjusted:
      return event.lines.map { line in
        let change = line.onHandChange < 0 ? "\(line.onHandChange)" : "+\(line.onHandChange)"
        return event.adjustedTo.map { "\(line.item) to \($0) (\(change))" } ?? "\(line.item) \(change)"
      }.joined(separator: ", ")
    case .transferred, .transferredWith:
      let moved = event.lines.map { "\($0.item) \($0.onHandChange < 0 ? "" : "+")\($0.onHandChange)" }
      let holds = event.holds.map { "\($0.id) \($0.quantity)" }
      return moved.joined(separator: ", ") + (holds.isEmpty ? "" : " with \(holds.joined(separator: ", "))")
    case .extended: return nil
    case .amended:
      return event.lines.map { line in
        let change = line.heldChange + line.waitingChange
        return "\(line.item) to \(line.quantity) (\(change < 0 ? "" : "+")\(change))"
      }.joined(separator: ", ")
    case .committedMore:
      return event.lines.map { line in
        let beyond = line.quantity + line.heldChange
        return "\(line.item) \(line.quantity)\(beyond > 0 ? " (\(beyond) more than was held)" : "")"
      }.joined(separator: ", ")
    case .received, .reserved, .committed, .released, .expired, .returned, .returnedOf, .reopened, .waiting, .filled:
      return event.lines.map { "\($0.item) \($0.quantity)" }.joined(separator: ", ")
    }
  }
}
