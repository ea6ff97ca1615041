import HTTPTypes
import Hummingbird
import Logging

/// Tells of each request: what was asked, how it was answered, how long that took until the answer's beginning, and which
/// trace it belongs to (W3C Trace Context), if the caller has said so.
struct RequestLog<Context: RequestContext>: RouterMiddleware {
  /// `nil`: nobody is told.
  let log: Logger?

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard let log else { return try await next(request, context) }
    let start = ContinuousClock.now
    let response = try await next(request, context)
    let duration = start.duration(to: .now)
    var metadata: Logger.Metadata = [
      // Without the query: it may hold what is nobody else's business.
      "method": .string(request.method.rawValue), "path": .string(request.uri.path),
      "status": .stringConvertible(response.status.code),
      "duration_us": .stringConvertible(Int64(duration / .microseconds(1))),
    ]
    if let parent = TraceParent(request.headers[.traceparent] ?? "") {
      metadata["trace_id"] = .string(parent.trace)
      metadata["parent_id"] = .string(parent.parent)
    }
    log.log(level: response.status.code >= 500 ? .error : .info, "request", metadata: metadata)
    return response
  }
}

/// The header `traceparent` of W3C Trace Context: which trace a call belongs to.
struct TraceParent: Equatable {
  var trace: String
  var parent: String

  /// - Returns: `nil` for what the specification calls invalid, which is to be ignored.
  init?(_ header: String) {
    let parts = header.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, zip(parts, [2, 32, 16, 2]).allSatisfy({ TraceParent.isHexadecimal($0, $1) }) else {
      return nil
    }
    // A version to come may have more parts; 255 is none, and zeros name nothing.
    guard parts[0] != "ff", parts[0] != "00" || parts.count == 4 else { return nil }
    guard parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }) else { return nil }
    trace = String(parts[1])
    parent = String(parts[2])
  }

  private static func isHexadecimal(_ text: Substring, _ count: Int) -> Bool {
    text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}

extension HTTPField.Name {
  static let traceparent = HTTPField.Name("traceparent") ?? .from
}
