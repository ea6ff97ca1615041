import TallyJSON
import TallyText
import Tallystick

/// CloudEvents 1.0 in the JSON format, one a line.
///
/// `source` and `id` together name an event for ever: the log's id and the sequence number. `subject` is the
/// reservation's id, or else the one item that the event is about, or the consumer. `sequence` (the CloudEvents extension of that name)
/// orders events; `data` is the event as in JSON Lines.
package struct CloudEventsEncoder: EventEncoder {
  private var writer = JSONWriter()
  private let log: String

  package init(log: LogID) { self.log = log.description }
  package var bytes: [UInt8] { writer.bytes }
  package mutating func removeAll() { writer.removeAll() }
  package mutating func begin() {}

  package mutating func encode(_ event: RecordedEvent) {
    writer.beginObject()
    writer.field("specversion", "1.0" as String)
    writer.field("id", "\(log)/\(event.sequence)")
    writer.field("source", "tallystick:log/\(log)")
    writer.field("type", "tallystick.\(event.kind.name)")
    writer.field("time", Timestamp.text(event.time))
    if let subject = subject(of: event) { writer.field("subject", subject) }
    writer.field("sequence", String(event.sequence))
    writer.field("datacontenttype", "application/json" as String)
    writer.key("data")
    writer.write(event)
    writer.endObject()
    writer.newline()
  }

  private func subject(of event: RecordedEvent) -> String? {
    if let id = event.id { return id.description }
    if let item = event.item { return item.description }
    if let consumer = event.consumer { return consumer.description }
    return event.lines.count == 1 ? event.lines.first?.item.description : nil
  }
}
