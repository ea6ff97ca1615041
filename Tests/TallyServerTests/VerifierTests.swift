import TallyTestSupport
import TallyThreads
import Tallystick
import Testing

@testable import TallyServer

@Suite("The background verifier")
struct VerifierTests {
  private static let patience = 120_000.0

  @Test("follows the log, and agrees with the writer")
  func agreement() throws {
    let shop = try Shop { $0.verifies = false }
    let client = try shop.stockedClient()
    let log = shop.log
    let warnings = Monitor<[String]>([])
    let verifier = BackgroundVerifier(
      LocalLog(LogDirectory(shop.path)), lastDurable: { log.lastSequence }, ask: { try? log.stateDigest() },
      interval: .milliseconds(1), warn: { text in warnings.access { $0.append(text) } })
    #expect(verifier.start())
    for number in 1...40 { _ = try client("STOCK.RESERVE", "o\(number)", "tea", "1") }
    _ = try client("STOCK.ACK", "orders", "7")
    let last = log.lastSequence
    #expect(
      verifier.wait(atMost: Self.patience) { $0.lastSequence >= last && $0.comparedSequence >= last })
    verifier.end()
    let found = verifier.findings
    #expect(found.comparisons > 0 && !found.differs && found.violations == 0 && found.alarm == nil)
    #expect(!found.isRunning && found.failure == nil && warnings.access { $0 } == [])
    let text = found.text(last: last)
    #expect(text.contains("tallystick_verifier_lag 0\n") && text.contains("tallystick_verifier_differs 0\n"))
  }

  @Test("raises an alarm, once, where the two folds differ")
  func difference() throws {
    let shop = try Shop { $0.verifies = false }
    _ = try shop.stockedClient()
    let log = shop.log
    let warnings = Monitor<[String]>([])
    let verifier = BackgroundVerifier(
      LocalLog(LogDirectory(shop.path)), lastDurable: { log.lastSequence },
      ask: { StateDigest(sequence: log.lastSequence, digest: .zero, duration: .zero) }, interval: .milliseconds(1),
      warn: { text in warnings.access { $0.append(text) } })
    #expect(verifier.start())
    #expect(verifier.wait(atMost: Self.patience) { $0.comparisons > 2 })
    verifier.end()
    let found = verifier.findings
    #expect(found.differs && found.alarm?.contains("after event 3") == true)
    #expect(warnings.access { $0 }.count == 1)
    #expect(found.text(last: 3).contains("tallystick_verifier_differs 1\n"))
  }

  @Test("runs in a server, whose readiness and metrics tell of it")
  func serving() throws {
    let shop = try ServingProgram(http: true)
    _ = try shop.post(#"{"op":"receive","lines":[{"sku":"tea","qty":9}],"key":"po"}"#)
    #expect(try shop.ask("GET", "/readyz").status == 200)
    #expect(try shop.ask("GET", "/metrics").body.contains("tallystick_verifier_running 1\n"))
    #expect(shop.end().status == 0)
    let without = try ServingProgram(["--no-verifier"], http: true)
    #expect(try !without.ask("GET", "/metrics").body.contains("tallystick_verifier"))
    #expect(without.end().status == 0)
  }
}
