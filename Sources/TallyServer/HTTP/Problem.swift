import HTTPTypes
import Hummingbird
import NIOCore
import TallyJSON
import TallyRESP
import TallyText
import Tallystick

/// An error as RFC 9457 has it: `application/problem+json`.
struct Problem: Error {
  var status: HTTPResponse.Status
  /// What programs go by, behind `urn:tallystick:`.
  var kind: String
  /// One sentence for people.
  var detail: String
  /// Of what the log refused: its own fields.
  var rejection: Rejection?
  /// Whole seconds.
  var retryAfter: Int64?

  init(_ status: HTTPResponse.Status, _ kind: String, _ detail: String, retryAfter: Int64? = nil) {
    (self.status, self.kind, self.detail, self.retryAfter) = (status, kind, detail, retryAfter)
  }

  static func invalid(_ detail: String) -> Problem { Problem(.badRequest, "invalid", detail) }
  static func notFound(_ what: String) -> Problem { Problem(.notFound, "not-found", what) }

  /// Of a question or a command that the log did not answer.
  init(_ failure: LogFailure) {
    if case .busy(let busy) = failure {
      self.init(busy)
    } else if failure.isOutcomeKnown {
      self.init(.serviceUnavailable, "unavailable", "nothing was done: \(failure.description)")
    } else {
      self.init(.serviceUnavailable, "failed", "outcome unknown: \(failure.description); \(failure.advice)")
    }
  }

  init(_ busy: Busy) {
    self.init(.tooManyRequests, "busy", "\(busy.description); nothing was done, try again")
    retryAfter = max(1, (busy.retryAfterMilliseconds + 999) / 1_000)
  }

  /// Of what a rate limit refuses.
  init(wait: Duration) {
    self.init(.tooManyRequests, "busy", "too many from one client or for one item; nothing was done, try again")
    retryAfter = (RateLimiter.milliseconds(wait) + 999) / 1_000
  }

  init(_ rejection: Rejection) {
    self.init(.conflict, rejection.reason.rawValue, RefusalWords.text(rejection))
    self.rejection = rejection
  }

  var response: Response {
    var json = JSONWriter()
    json.beginObject()
    json.field("type", "urn:tallystick:\(kind)")
    json.field("title", status.reasonPhrase.isEmpty ? kind : status.reasonPhrase)
    json.field("status", status.code)
    json.field("detail", detail)
    if let rejection { json.fields(of: rejection) }
    if let retryAfter { json.field("retry_after_s", retryAfter) }
    json.endObject()
    var headers: HTTPFields = [.contentType: "application/problem+json"]
    if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
  }
}

/// Answers every error as a problem, whoever found it.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let problem as Problem {
      return problem.response
    } catch is NIOTooManyBytesError {
      return Problem(.contentTooLarge, "too-large", "the body is larger than the server takes").response
    } catch let error as any HTTPResponseError {
      if error.status == .notFound, let methods = HTTPRoutes.methods(at: request.uri.path) {
        var response = Problem(.methodNotAllowed, "method", "only \(methods) works here").response
        response.headers[.allow] = methods
        return response
      }
      let detail =
        error.status == .notFound ? "there is nothing at \(request.uri.path.printable)" : "\(error)".printable
      return Problem(error.status, error.status == .notFound ? "not-found" : "http", detail).response
    }
  }
}

extension Response {
  static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  static func jsonLines(_ bytes: [UInt8]) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/x-ndjson"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  static func text(_ text: String, type: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok)
    -> Response
  {
    Response(status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
