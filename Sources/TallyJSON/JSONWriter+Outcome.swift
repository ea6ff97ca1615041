import TallyText
import Tallystick

extension JSONWriter {
  /// An answer, as `append` gives it: `{"line":1,"status":"accepted","seq":12}`.
  ///
  /// - Parameter line: the command's line in its input; `nil` leaves it out.
  package mutating func write(_ outcome: Outcome, line: Int? = nil) {
    beginObject()
    if let line { field("line", line) }
    switch outcome {
    case .accepted(let acceptance):
      field("status", "accepted")
      write(acceptance)
    case .repeated(let acceptance):
      field("status", "repeated")
      write(acceptance)
    case .rejected(let rejection):
      field("status", "rejected")
      fields(of: rejection)
    case .invalid(let message):
      field("status", "invalid")
      field("message", message)
    case .busy(let busy):
      field("status", "busy")
      field("retry_after_ms", busy.retryAfterMilliseconds)
    case .failed(let failure):
      field("status", "failed")
      field("message", failure.description)
    }
    endObject()
  }

  private mutating func write(_ acceptance: Acceptance) {
    field("seq", acceptance.sequence)
    if let shard = acceptance.shard { field("shard", shard) }
    writeDetails(of: acceptance)
    if !acceptance.results.isEmpty { write(results: acceptance.results, acceptance.details) }
    array("new", acceptance.registered) { json, item in json.fields(item) }
  }

  private mutating func writeDetails(of acceptance: Acceptance) {
    if let state = acceptance.state { field("state", state.rawValue) }
    if let holds = acceptance.holds { field("holds", holds) }
    if !acceptance.released.isEmpty { write(released: acceptance.released) }
  }

  /// Reason, place and details, into an object that is open.
  package mutating func fields(of rejection: Rejection) {
    field("reason", rejection.reason.rawValue)
    field("at_seq", rejection.atSequence)
    if let shard = rejection.shard { field("shard", shard) }
    if let index = rejection.index { field("index", index) }
    if let item = rejection.item { fields(item) }
    if !rejection.places.isEmpty {
      field("state", ReservationState.waiting.rawValue)
      write(rejection.places)
    }
    if let detail = rejection.detail { write(detail) }
    writeDetails(of: rejection)
  }

  /// `"results":[{"status":"accepted","seq":3},…]`, one a command of a batch.
  ///
  /// - Parameter details: what else is known of the commands, by index.
  mutating func write(results: [EventColumns.BatchResult], _ details: [Int: Acceptance] = [:]) {
    key("results")
    beginArray()
    for (index, result) in results.enumerated() {
      beginObject()
      field("status", result.isRepeat ? "repeated" : "accepted")
      field("seq", result.sequence)
      if let detail = details[index] { writeDetails(of: detail) }
      endObject()
    }
    endArray()
  }
}
