import TallyJSON
import TallyText
import Tallystick

/// One JSON object a line: `{"seq":12,"time_ms":…,"type":"reserved",…}`. The format of `tally events --json`.
package struct JSONLinesEncoder: EventEncoder {
  private var writer = JSONWriter()

  package init() {}
  package var bytes: [UInt8] { writer.bytes }
  package mutating func removeAll() { writer.removeAll() }
  package mutating func begin() {}
  package mutating func encode(_ event: RecordedEvent) {
    writer.write(event)
    writer.newline()
  }
}
