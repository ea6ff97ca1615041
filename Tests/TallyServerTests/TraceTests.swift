import InMemoryTracing
import Testing
import Tracing

@Suite("Traces")
struct TraceTests {
  /// Of the whole process: it can be given once.
  private static let tracer: InMemoryTracer = {
    let tracer = InMemoryTracer()
    InstrumentationSystem.bootstrap(tracer)
    return tracer
  }()
  private static let parent = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

  @Test("a call with a traceparent is a span of its caller's trace, with the log's work in it")
  func spans() async throws { try await onThread { try Self.checkSpans() } }

  private static func checkSpans() throws {
    let tracer = tracer
    let shop = try Shop { $0.http = .tcp(host: "127.0.0.1", port: 0) }
    let body = #"{"op":"receive","lines":[{"sku":"tea","qty":1}],"key":"k"}"#
    // What this tracer understands, beside what says that there is a trace.
    let caller = ["in-memory-trace-id: trace-of-shop", "in-memory-span-id: checkout"]
    #expect(try shop.ask("POST", "/v1/commands", headers: [parent] + caller, body: body).status == 200)
    let spans = tracer.finishedSpans.filter { $0.traceID == "trace-of-shop" }
    let call = try #require(spans.first { $0.operationName == "POST /v1/commands" })
    #expect(call.parentSpanID == "checkout" && call.kind == .server)
    #expect(call.attributes.get("http.response.status_code") == .int64(200))
    let append = try #require(spans.first { $0.operationName == "append" })
    #expect(append.parentSpanID == call.spanID && append.attributes.get("tally.commands") == .int64(1))
    #expect(append.attributes.get("tally.queue_delay_us") != nil)
  }

  @Test("a call without one, or with one that is none, makes no span")
  func untraced() async throws { try await onThread { try Self.checkNone() } }

  private static func checkNone() throws {
    let tracer = tracer
    let shop = try Shop { $0.http = .tcp(host: "127.0.0.1", port: 0) }
    for header in ["X-Nothing: 1", "traceparent: nonsense", "traceparent: 00-0-0-0"] {
      #expect(try shop.ask("GET", "/v1/queue/untraced", headers: [header]).status == 404)
    }
    #expect(!tracer.finishedSpans.contains { $0.operationName == "GET /v1/queue" })
  }
}
