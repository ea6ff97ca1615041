import Tallystick

/// Turns events into text, one after the other.
package protocol EventEncoder {
  /// What was encoded since ``removeAll()``.
  var bytes: [UInt8] { get }
  mutating func removeAll()
  /// What stands before the first event.
  mutating func begin()
  mutating func encode(_ event: RecordedEvent)
}

/// The text formats.
package enum TextFormat: String, CaseIterable, Sendable {
  /// One JSON object a line, as `tally events --json` shows them.
  case jsonl
  /// RFC 4180: one row a line of an event.
  case csv
  /// CloudEvents 1.0 in JSON, one a line.
  case cloudevents

  /// - Parameters:
  ///   - log: the log's id.
  ///   - guardsFormulas: only of CSV: see ``CSVEncoder``.
  package func encoder(log: LogID, guardsFormulas: Bool = true) -> any EventEncoder {
    switch self {
    case .jsonl: JSONLinesEncoder()
    case .csv: CSVEncoder(guardsFormulas: guardsFormulas)
    case .cloudevents: CloudEventsEncoder(log: log)
    }
  }
}
