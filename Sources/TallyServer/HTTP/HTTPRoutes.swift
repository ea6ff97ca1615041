import HTTPTypes
import Hummingbird
import Tallystick

/// Which path is whose.
enum HTTPRoutes {
  static func router(_ server: ServerContext, isLoopback: Bool) -> Router<CallContext> {
    let router = Router(context: CallContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: RequestLog(log: server.configuration.requestLog))
    router.add(middleware: GzipMiddleware())
    router.add(middleware: ProblemMiddleware())
    router.add(middleware: BrowserGuard(isLoopback: isLoopback))
    router.add(middleware: RateMiddleware(server: server))
    let commands = CommandRoute(server: server)
    let questions = QuestionRoutes(server: server)
    let events = EventRoute(server: server)
    let status = StatusRoute(server: server)
    let queue = QueueRoute(server: server)
    router.post("/v1/commands") { request, context in try await commands.answer(request, context.client) }
    router.get("/v1/status") { request, _ in try await status.answer(request) }
    router.get("/v1/queue/:sku") { request, context in
      try await queue.answer(request, Substring(try context.parameters.require("sku")))
    }
    router.get("/v1/stock") { request, _ in try await questions.stock(request) }
    router.get("/v1/stock/:sku") { request, context in
      try await questions.level(request, Substring(try context.parameters.require("sku")))
    }
    router.get("/v1/reservations/:id") { request, context in
      try await questions.reservation(request, Substring(try context.parameters.require("id")))
    }
    router.get("/v1/events") { request, _ in try await events.answer(request) }
    router.get("/healthz") { _, _ in health(server) }
    router.get("/readyz") { _, _ in readiness(server) }
    router.get("/metrics") { _, _ in
      Response.text(server.metricsText, type: "text/plain; version=0.0.4; charset=utf-8")
    }
    router.get("/openapi.json") { _, _ in Response.json(PackageResources.openapi_json) }
    DashboardRoutes.add(to: router)
    return router
  }

  /// What a path that there is may be asked with; `nil`: there is none.
  static func methods(at path: String) -> String? {
    let parts = path.split(separator: "/")
    if DashboardRoutes.hasFile(at: path) { return "GET, HEAD" }
    switch parts.first {
    case "v1":
      let isOne = parts.count == 3 && ["stock", "reservations", "queue"].contains(parts[1])
      if parts.count == 2, parts[1] == "commands" { return "POST" }
      return isOne || parts.count == 2 && ["stock", "events", "status"].contains(parts[1]) ? "GET, HEAD" : nil
    case "healthz", "readyz", "metrics", "openapi.json": return parts.count == 1 ? "GET, HEAD" : nil
    default: return nil
    }
  }

  /// The process lives, and its log can be written.
  private static func health(_ server: ServerContext) -> Response {
    guard let failure = server.metrics.failure else { return .text("ok\n") }
    return Problem(failure).response
  }

  /// Commands would be taken now.
  private static func readiness(_ server: ServerContext) -> Response {
    if let failure = server.metrics.failure { return Problem(failure).response }
    let delay = server.log.queueDelay
    if delay > server.configuration.maxQueueDelay {
      return Problem(.serviceUnavailable, "busy", "the oldest command waits for \(delay)").response
    }
    return .text("ready\n")
  }
}

extension ServerContext {
  var metricsText: String {
    metrics.text(
      lastSequence: log.lastSequence, queueDelay: log.queueDelay, connections: counts.openCount,
      totalConnections: counts.totalCount)
  }
}
