import Glibc
import Logging
import TallyText

/// Writes each message as one line of JSON: `{"time":…,"level":…,"message":…}` and what comes with it.
package struct JSONLineLog: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var logLevel = Logger.Level.info
  private let write: @Sendable ([UInt8]) -> Void
  /// Milliseconds of Unix time.
  private let clock: @Sendable () -> Int64

  /// - Parameter write: is given each line whole, with its end, on any thread; standard error unless told otherwise.
  package init(
    clock: @escaping @Sendable () -> Int64 = JSONLineLog.systemTime,
    write: @escaping @Sendable ([UInt8]) -> Void = JSONLineLog.writeToStandardError
  ) {
    self.clock = clock
    self.write = write
  }

  /// One call: lines of several threads do not mix. Who cannot be told is not.
  package static func writeToStandardError(_ line: [UInt8]) {
    line.withUnsafeBytes { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// To standard error.
  package static let logger = Logger(label: "tallystick") { _ in JSONLineLog() }

  package static func tell(_ message: String, isWarning: Bool) {
    logger.log(level: isWarning ? .warning : .notice, "\(message)")
  }

  /// What the system's clock shows, in milliseconds.
  package static func systemTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var json = JSONWriter(spellsOutControls: true)
    json.beginObject()
    json.field("time", Timestamp.text(clock()))
    json.field("level", event.level.rawValue)
    json.field("message", event.message.description)
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    for (name, value) in all.sorted(by: { $0.key < $1.key }) {
      json.key(text: name)
      json.string(value.description.utf8)
    }
    json.endObject()
    json.newline()
    write(json.bytes)
  }
}
