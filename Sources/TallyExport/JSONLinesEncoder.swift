import TallyJSON
import TallyText
import Tallystick

/// One JSON object a line: `{"seq":12,"time_ms":…,"type":"reserved",…}`. The format of `tally events --json`.
public struct JSONLinesEncoder: EventEncoder {
  private var writer = JSONWriter()

  public init() {}
  public var bytes: [UInt8] { writer.bytes }
  public mutating func removeAll() { writer.removeAll() }
  public mutating func begin() {}
  public mutating func encode(_ event: RecordedEvent) {
    writer.write(event)
    writer.newline()
  }
}
