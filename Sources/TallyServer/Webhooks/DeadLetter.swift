import TallyJSON
import TallyText

/// An event that was given up: its number, for the log has the rest.
struct DeadLetter: Equatable, Sendable {
  var sequence: UInt64
  /// When it was given up, in Unix milliseconds.
  var time: Int64
  var attempts: Int
  /// What the last attempt was answered.
  var reason: String

  func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("seq", sequence)
    json.field("time_ms", time)
    json.field("attempts", attempts)
    json.field("reason", reason)
    json.endObject()
  }

  init(sequence: UInt64, time: Int64, attempts: Int, reason: String) {
    self.sequence = sequence
    self.time = time
    self.attempts = attempts
    self.reason = reason
  }

  /// `nil`: the line is none.
  init?(line: ArraySlice<UInt8>) {
    guard let value = try? JSONValue(parsing: Array(line), maximumDepth: 2),
      case .number(let sequence)? = value["seq"], let number = sequence.unsigned,
      case .number(let time)? = value["time_ms"], let milliseconds = time.value(in: 0...Int64.max),
      case .number(let attempts)? = value["attempts"], let count = attempts.value(in: 0...Int64(Int32.max)),
      case .string(let reason)? = value["reason"]
    else { return nil }
    self.init(sequence: number, time: milliseconds, attempts: Int(count), reason: reason)
  }
}
