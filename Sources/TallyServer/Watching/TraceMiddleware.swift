import HTTPTypes
import Hummingbird
import Tracing

/// Spans for calls whose caller has said which trace they belong to (`traceparent`): one for the call, and in it one for
/// what the log does, from the queue to stable storage. They go to the tracer that whoever embeds the server has given to
/// `InstrumentationSystem`; without one they cost some 100 ns, and without the header nothing.
struct TraceMiddleware<Context: RequestContext>: RouterMiddleware {
  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard TraceParent(request.headers[.traceparent] ?? "") != nil else { return try await next(request, context) }
    var caller = ServiceContext.topLevel
    InstrumentationSystem.instrument.extract(request.headers, into: &caller, using: HeaderFields())
    // The names in a path are many; of what is asked there is little.
    let route = request.uri.path.split(separator: "/").prefix(2).joined(separator: "/")
    return try await withSpan("\(request.method.rawValue) /\(route)", context: caller, ofKind: .server) { span in
      span.attributes["http.request.method"] = request.method.rawValue
      let response = try await next(request, context)
      span.attributes["http.response.status_code"] = Int(response.status.code)
      if response.status.code >= 500 { span.setStatus(SpanStatus(code: .error)) }
      return response
    }
  }
}

/// Reads what a tracer looks for in a request.
private struct HeaderFields: Extractor {
  func extract(key: String, from headers: HTTPFields) -> String? { HTTPField.Name(key).flatMap { headers[$0] } }
}

enum LogSpan {
  /// Runs what hands commands to the log and waits for their answers, as a span of the call if that is traced.
  ///
  /// - Parameters:
  ///   - count: commands.
  ///   - delay: how long the oldest command had waited for its judgement when these came: what is queue of the span.
  static func around<Result: Sendable>(
    _ count: Int, delay: Duration, _ body: () async -> Result
  ) async -> Result {
    guard ServiceContext.current != nil else { return await body() }
    return await withSpan("append") { span in
      span.attributes["tally.commands"] = count
      span.attributes["tally.queue_delay_us"] = Int(delay / .microseconds(1))
      return await body()
    }
  }
}
