import Hummingbird

/// Refuses what only one log can answer, where a shop of several shards is served: no half answer may look like a whole.
struct ShardGuard: RouterMiddleware {
  let server: ServerContext

  func handle(
    _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
  ) async throws -> Response {
    if server.shop != nil, !ShardGuard.isAnswered(request.uri.path) {
      throw Problem(.notImplemented, "shards", LogReading.onlyOneLog)
    }
    return try await next(request, context)
  }

  private static func isAnswered(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    switch parts.first {
    case "v1":
      guard parts.count > 1 else { return true }
      if parts.count == 2 { return parts[1] == "commands" || parts[1] == "stock" }
      return parts.count == 3 && (parts[1] == "stock" || parts[1] == "reservations")
    case "healthz", "readyz", "metrics", "openapi.json": return true
    // The dashboard asks one log.
    default: return false
    }
  }
}
