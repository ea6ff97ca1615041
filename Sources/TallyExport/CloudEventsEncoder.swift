import TallyJSON
import TallyText
import Tallystick

/// CloudEvents 1.0 in the JSON format, one a line.
package struct CloudEventsEncoder: EventEncoder {
  private var writer = JSONWriter()
  private let log: String

  package init(log: LogID) { self.log = log.description }
  package var bytes: [UInt8] { writer.bytes }
  package mutating func removeAll() { writer.removeAll() }
  package mutating func begin() {}

  package mutating func encode(_ event: RecordedEvent) {
    writer.writeCloudEvent(event, of: log)
    writer.newline()
  }
}
