import TallyText
import Tallystick

/// How an event stands in a CloudEvent.
package enum CloudEvent {
  /// Together with the source it names an event for ever.
  package static func id(_ event: RecordedEvent, of log: String) -> String { "\(log)/\(event.sequence)" }

  fileprivate static func subject(of event: RecordedEvent) -> String? {
    if let id = event.id { return id.description }
    if let item = event.item { return item.description }
    if let consumer = event.consumer { return consumer.description }
    return event.lines.count == 1 ? event.lines.first?.item.description : nil
  }
}

extension JSONWriter {
  /// CloudEvents 1.0 in the JSON format.
  ///
  /// `source` and `id` together name an event for ever: the log's id and the sequence number. `subject` is the
  /// reservation's id, or else the one item that the event is about, or the consumer. `sequence` (the CloudEvents
  /// extension of that name) orders events; `data` is the event as in JSON Lines.
  ///
  /// - Parameter log: the log's id.
  package mutating func writeCloudEvent(_ event: RecordedEvent, of log: String) {
    beginObject()
    field("specversion", "1.0" as String)
    field("id", CloudEvent.id(event, of: log))
    field("source", "tallystick:log/\(log)")
    field("type", "tallystick.\(event.kind.name)")
    field("time", Timestamp.text(event.time))
    if let subject = CloudEvent.subject(of: event) { field("subject", subject) }
    field("sequence", String(event.sequence))
    field("datacontenttype", "application/json" as String)
    key("data")
    write(event)
    endObject()
  }
}
