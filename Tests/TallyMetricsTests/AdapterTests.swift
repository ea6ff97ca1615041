import Logging
import Metrics
import MetricsTestKit
import Synchronization
import TallyMetrics
import TallyTestSupport
import Tallystick
import Testing

@Suite("Adapters of the observer")
struct AdapterTests {
  @Test("a log's frames, answers and rejections arrive at a metrics backend")
  func metrics() throws {
    let backend = TestMetrics()
    try work(observedBy: MetricsObserver(dimensions: [("shop", "one")], factory: backend))
    let shop = ("shop", "one")
    #expect(try backend.expectCounter("tally_frames", [shop]).totalValue == 1)
    #expect(try backend.expectCounter("tally_events", [shop]).totalValue == 3)
    #expect(try backend.expectCounter("tally_frame_bytes", [shop]).totalValue > 0)
    #expect(try backend.expectTimer("tally_frame_duration", [shop]).values.count == 1)
    #expect(try backend.expectCounter("tally_answers", [shop, ("status", "accepted")]).totalValue == 2)
    #expect(try backend.expectCounter("tally_answers", [shop, ("status", "rejected")]).totalValue == 1)
    #expect(try backend.expectCounter("tally_rejections", [shop, ("reason", "insufficient")]).totalValue == 1)
    #expect(try backend.expectCounter("tally_failures", [shop]).totalValue == 0)
  }

  @Test("what people should know arrives at a log handler, without names of the shop's")
  func logs() throws {
    let lines = Lines()
    var logger = Logger(label: "shop") { _ in LineHandler(lines: lines) }
    logger.logLevel = .trace
    let observer = LoggingObserver(logger)
    try work(observedBy: ObserverGroup(observer, MetricsObserver(factory: TestMetrics())))
    observer.warned("cut 3 bytes")
    observer.failed(.deposed(reason: "another writer has the log"))
    let told = lines.all
    #expect(told.count == 3 && told[0].hasPrefix("trace frame committed") && told[0].contains("last_seq"))
    #expect(told[1] == "warning cut 3 bytes " && told[2].hasPrefix("critical another writer has the log"))
    #expect(!told.contains { $0.contains("order-1") || $0.contains("tea") })
  }

  private func work(observedBy observer: any LogObserver) throws {
    let directory = TemporaryDirectory()
    let path = directory.path + "/log"
    try TallyLog.create(path)
    var options = LogOptions()
    options.observer = observer
    let log = try TallyLog(path, options: options)
    _ = log.append([
      Command(.receive([Line(sku: "tea", 2)])), Command(.reserve(id: "order-1", [Line(sku: "tea", 1)])),
      Command(.reserve(id: "order-2", [Line(sku: "tea", 2)])),
    ])
    log.close()
  }
}

/// What was logged.
private final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct LineHandler: LogHandler {
  let lines: Lines
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace

  init(lines: Lines) { self.lines = lines }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let details = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    lines.add("\(event.level) \(event.message) \(details.joined(separator: " "))")
  }
}
