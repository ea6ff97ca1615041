// The examples of doc comments and articles, compiled as printed; `DocExampleTests` looks for each of them here.
import TallyAudit
import TallyMetrics
import Tallystick

func firstExample() async throws -> Outcome {
  try TallyLog.create("shop.tally")
  let log = try TallyLog("shop.tally")
  _ = log.append(Command(.receive([Line(sku: "tea", 100)])))
  let outcome = await log.submit(Command(.reserve(id: "order-1", [Line(sku: "tea", 2)], timeToLive: .seconds(900))))
  log.close()
  return outcome
}

func openingExample(_ path: String) throws -> TallyLog {
  var options = LogOptions()
  options.expiresOnTimer = true
  options.lockWait = .seconds(30)
  let log = try TallyLog(path, options: options)
  return log
}

func answeringExample(_ log: TallyLog, _ command: Command) async -> String {
  switch await log.submit(command) {
  case .accepted(let answer), .repeated(let answer): return "200 \(answer.sequence)"
  case .rejected(let rejection): return "409 \(rejection.reason.rawValue)"
  case .invalid(let why): return "400 \(why)"
  case .busy(let busy): return "429 Retry-After: \((busy.retryAfterMilliseconds + 999) / 1_000)"
  case .failed(let failure): return "503 \(failure.advice)"
  }
}

func followingExample(
  _ log: TallyLog, after lastSeen: UInt64, send: (RecordedEvent) async throws -> Void
) async throws {
  for try await event in log.events(from: lastSeen + 1) {
    try await send(event)
  }
}

func failingExample(_ log: TallyLog) async {
  do {
    print(try await log.stock())
  } catch {
    print("\(error); \(error.advice)")
  }
}

func auditingExample() throws -> [Violation] {
  let report = try Auditor(LogDirectory("/srv/shop.tally")).run()
  guard report.verdict == .proven else { return report.violations }
  return []
}

func observingExample() -> LogOptions {
  var options = LogOptions()
  options.observer = MetricsObserver()
  return options
}
