import HTTPTypes
import Hummingbird
import NIOCore

/// Sends large answers packed to clients that take them so. Streams of events stay as they are: each event goes out when
/// it happens.
struct GzipMiddleware<Context: RequestContext>: RouterMiddleware {
  /// What is smaller goes into one packet anyway.
  private static var leastBytes: Int { 1_400 }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    guard response.status == .ok, isLarge(response), response.headers[.contentType] != "text/event-stream" else {
      return response
    }
    response.headers[.vary] = "Accept-Encoding"
    guard GzipMiddleware.isWanted(request.headers[.acceptEncoding] ?? "") else { return response }
    response.headers[.contentEncoding] = "gzip"
    response.headers[.contentLength] = nil
    let body = response.body
    response.body = ResponseBody { writer in
      guard let stream = GzipStream() else { throw HTTPError(.serviceUnavailable) }
      let packed = GzipBodyWriter(base: writer, stream: stream)
      try await body.write(packed)
    }
    return response
  }

  private func isLarge(_ response: Response) -> Bool {
    response.body.contentLength.map { $0 >= GzipMiddleware.leastBytes } ?? true
  }

  /// `gzip`, `x-gzip` or `*`, and not with `q=0` (RFC 9110, 12.5.3).
  static func isWanted(_ header: String) -> Bool {
    var isWanted = false
    for part in header.lowercased().split(separator: ",") {
      let words = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
      guard let name = words.first, ["gzip", "x-gzip", "*"].contains(name) else { continue }
      let quality = words.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      // What is named counts before the star.
      if name != "*" { return quality > 0 }
      isWanted = quality > 0
    }
    return isWanted
  }
}

private struct GzipBodyWriter: ResponseBodyWriter {
  var base: any ResponseBodyWriter
  let stream: GzipStream

  mutating func write(_ buffer: ByteBuffer) async throws {
    let packed = stream.pack(buffer)
    if packed.readableBytes > 0 { try await base.write(packed) }
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
    try await base.write(stream.pack(ByteBuffer(), isLast: true))
    try await base.finish(trailingHeaders)
  }
}
