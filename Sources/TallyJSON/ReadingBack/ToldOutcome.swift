import TallyText
import Tallystick

/// An answer to a command, read back from what ``JSONWriter/write(_:line:)`` made of it.
package enum ToldOutcome {
  /// - Parameter line: one object of JSON.
  /// - Throws: ``JSONFlaw`` where it is no such answer.
  package static func read(_ line: [UInt8]) throws(JSONFlaw) -> Outcome {
    let fields = try ToldFields(parsing: line)
    let status = try fields.text("status")
    switch status {
    case "accepted": return .accepted(try acceptance(fields))
    case "repeated": return .repeated(try acceptance(fields))
    case "rejected": return .rejected(try rejection(fields))
    case "invalid": return .invalid(try fields.text("message"))
    case "busy":
      return .busy(
        Busy(queueDelay: .milliseconds(try fields.number("retry_after_ms")), queuedCommands: 0, queuedBytes: 0))
    case "failed":
      let message = try fields.text("message")
      let closed = LogFailure.closed
      return .failed(message == closed.description ? closed : .unknownOutcome(reason: message))
    default: throw JSONFlaw("there is no status \"\(status)\"")
    }
  }

  private static func acceptance(_ fields: ToldFields) throws(JSONFlaw) -> Acceptance {
    var details: [Int: Acceptance] = [:]
    var results: [EventColumns.BatchResult] = []
    for result in try fields.list("results", { (result) throws(JSONFlaw) in result }) {
      let detail = try one(result)
      if detail.state != nil || detail.holds != nil || !detail.released.isEmpty { details[results.count] = detail }
      results.append(.init(sequence: detail.sequence, isRepeat: try result.text("status") == "repeated"))
    }
    var acceptance = try one(fields)
    acceptance.results = results
    acceptance.details = details
    acceptance.shard = try fields.numberIfAny("shard").map { Int(clamping: $0) }
    acceptance.registered = try fields.list("new") { (item) throws(JSONFlaw) in try item.item() }
    return acceptance
  }

  private static func one(_ fields: ToldFields) throws(JSONFlaw) -> Acceptance {
    Acceptance(
      sequence: try fields.sequence("seq"), state: try fields.state("state"), holds: try fields.flagIfAny("holds"),
      released: try fields.list("released") { (hold) throws(JSONFlaw) in
        ReleasedHold(id: try hold.name("id"), customer: try hold.nameIfAny("customer"), lines: try hold.lines("lines"))
      })
  }

  private static func rejection(_ fields: ToldFields) throws(JSONFlaw) -> Rejection {
    guard let reason = Rejection.Reason(rawValue: try fields.text("reason")) else {
      throw JSONFlaw("there is no reason \"\(try fields.text("reason"))\"")
    }
    var rejection = Rejection(
      reason, at: try fields.sequence("at_seq"),
      short: try fields.list("short") { (line) throws(JSONFlaw) in
        Rejection.Shortage(
          item: try line.item(), asked: try line.number("asked"), available: try line.number("available"),
          waiting: try line.numberIfAny("waiting") ?? 0)
      }, item: try fields.itemIfAny(), detail: try detail(fields),
      index: try fields.numberIfAny("index").map { Int(clamping: $0) },
      unknown: try fields.list("unknown") { (item) throws(JSONFlaw) in try item.item() },
      elsewhere: try fields.list("elsewhere") { (place) throws(JSONFlaw) in
        Rejection.Place(item: try place.item(), available: try place.number("available"))
      }, passedLimit: try passedLimit(fields))
    rejection.reservation = try fields.nameIfAny("id")
    rejection.shard = try fields.numberIfAny("shard").map { Int(clamping: $0) }
    rejection.places = try fields.list("queue") { (place) throws(JSONFlaw) in try ToldStock.place(place, of: nil) }
    return rejection
  }

  private static func passedLimit(_ fields: ToldFields) throws(JSONFlaw) -> Rejection.PassedLimit? {
    guard let limit = try fields.numberIfAny("limit") else { return nil }
    return Rejection.PassedLimit(
      asked: try fields.number("asked"), count: try fields.numberIfAny("count"), limit: limit)
  }

  private static func detail(_ fields: ToldFields) throws(JSONFlaw) -> Rejection.Detail? {
    if fields.has("open") {
      return .notOpen(
        try fields.list("open") { (line) throws(JSONFlaw) in
          Rejection.OpenLine(
            told: try line.item(), asked: try line.number("asked"), open: try line.numberIfAny("open"))
        })
    }
    if fields.has("sold") {
      return .notSold(
        try fields.list("sold") { (line) throws(JSONFlaw) in
          Rejection.SoldLine(
            told: try line.item(), asked: try line.number("asked"), sold: try line.number("sold"),
            returned: try line.number("returned"))
        })
    }
    if let closing = try fields.object("closed_by") {
      return .closed(by: try closing.sequence("seq"), try ToldEvent.kind(try closing.text("type"), saysMore: false))
    }
    if fields.has("held_by") { return .held(try holders(fields)) }
    if let differs = try fields.object("differs") { return .differs(try differences(fields, differs)) }
    return nil
  }

  private static func holders(_ fields: ToldFields) throws(JSONFlaw) -> Rejection.Holders {
    let holders = try fields.list("held_by") { (holder) throws(JSONFlaw) in
      Rejection.Holder(
        told: try holder.name("id"), customer: try holder.nameIfAny("customer"), quantity: try holder.number("qty"))
    }
    let newest = try fields.object("release_newest")
    return Rejection.Holders(
      told: holders, others: Int(clamping: try fields.numberIfAny("others") ?? 0), units: try fields.number("held"),
      newest: try newest?.names("ids") ?? [], newestCount: try newest?.count("count") ?? 0)
  }

  private static func differences(
    _ fields: ToldFields, _ differs: ToldFields
  ) throws(JSONFlaw) -> Rejection.Differences {
    var differences = Rejection.Differences(told: try fields.sequence("first_seq"))
    if let lines = try differs.object("lines") {
      differences.firstLines = try lines.lines("first")
      differences.lines = try lines.lines("now")
    }
    if let times = try differs.object("ttl_ms") {
      differences.timesToLive = (try times.numberIfAny("first") ?? 0, try times.numberIfAny("now") ?? 0)
    }
    if let customers = try differs.object("customer") {
      differences.customers = (
        try customers.nameIfAny("first") ?? Name(bytes: []), try customers.nameIfAny("now") ?? Name(bytes: [])
      )
    }
    return differences
  }
}
