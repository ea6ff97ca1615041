import HTTPTypes
import Hummingbird
import Tallystick

/// Which path is whose.
enum HTTPRoutes {
  static func router(_ server: ServerContext, isLoopback: Bool) -> Router<CallContext> {
    let router = Router(context: CallContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: TraceMiddleware())
    router.add(middleware: RequestLog(log: server.configuration.requestLog))
    router.add(middleware: GzipMiddleware())
    router.add(middleware: ProblemMiddleware())
    // A page that lies about its name has no token; a proxy on this machine passes on the name that people know.
    router.add(middleware: BrowserGuard(isLoopback: isLoopback && !server.access.isRequired))
    router.add(middleware: RateMiddleware(server: server))
    router.add(middleware: ShardGuard(server: server))
    router.add(middleware: AccessMiddleware(server: server))
    let commands = CommandRoute(server: server)
    let questions = QuestionRoutes(server: server)
    let events = EventRoute(server: server)
    let status = StatusRoute(server: server)
    let queue = QueueRoute(server: server)
    let checkpoint = CheckpointRoute(server: server)
    router.post("/v1/commands") { request, context in try await commands.answer(request, context.client) }
    router.get("/v1/status") { request, _ in try await status.answer(request) }
    router.get("/v1/checkpoint") { request, _ in try checkpoint.answer(request) }
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
    let readers = ReaderRoutes(server: server)
    router.get("/v1/holds") { request, _ in try await readers.holds(request) }
    router.get("/v1/reservations/:id/story") { request, context in
      try await readers.story(request, Substring(try context.parameters.require("id")))
    }
    router.get("/v1/events") { request, _ in try await events.answer(request) }
    addConsumers(to: router, ConsumerRoutes(server: server))
    addWebhooks(to: router, WebhookRoutes(server: server))
    router.get("/healthz") { _, _ in health(server) }
    router.get("/readyz") { _, _ in readiness(server) }
    router.get("/metrics") { _, _ in
      let text = await server.metricsText()
      return Response.text(text, type: "text/plain; version=0.0.4; charset=utf-8")
    }
    router.get("/openapi.json") { _, _ in Response.json(PackageResources.openapi_json) }
    DashboardRoutes.add(to: router)
    return router
  }

  private static func addConsumers(to router: Router<CallContext>, _ consumers: ConsumerRoutes) {
    router.get("/v1/consumers") { request, _ in try await consumers.list(request) }
    router.get("/v1/consumers/:name/events") { request, context in
      try await consumers.events(request, Substring(try context.parameters.require("name")))
    }
    router.post("/v1/consumers/:name/acknowledge") { request, context in
      try await consumers.acknowledge(request, Substring(try context.parameters.require("name")))
    }
    router.delete("/v1/consumers/:name") { request, context in
      try await consumers.forget(request, Substring(try context.parameters.require("name")))
    }
  }

  private static func addWebhooks(to router: Router<CallContext>, _ webhooks: WebhookRoutes) {
    router.get("/v1/webhooks") { request, _ in try webhooks.list(request) }
    router.get("/v1/webhooks/:name/dead-letters") { request, context in
      try webhooks.deadLetters(request, Substring(try context.parameters.require("name")))
    }
    router.post("/v1/webhooks/:name/retry") { request, context in
      try await webhooks.retry(request, Substring(try context.parameters.require("name")))
    }
  }

  /// What a path that there is may be asked with; `nil`: there is none.
  static func methods(at path: String) -> String? {
    let parts = path.split(separator: "/")
    if DashboardRoutes.hasFile(at: path) { return "GET, HEAD" }
    switch parts.first {
    case "v1":
      let isOne = parts.count == 3 && ["stock", "reservations", "queue"].contains(parts[1])
      if parts.count == 2, parts[1] == "commands" { return "POST" }
      if parts.count >= 2, parts[1] == "consumers" { return methods(ofConsumers: parts.dropFirst(2)) }
      if parts.count >= 2, parts[1] == "webhooks" { return methods(ofWebhooks: parts.dropFirst(2)) }
      let isStory = parts.count == 4 && parts[1] == "reservations" && parts[3] == "story"
      let isList = parts.count == 2 && ["stock", "events", "status", "holds", "checkpoint"].contains(parts[1])
      return isOne || isStory || isList ? "GET, HEAD" : nil
    case "healthz", "readyz", "metrics", "openapi.json": return parts.count == 1 ? "GET, HEAD" : nil
    default: return nil
    }
  }

  private static func methods(ofConsumers parts: ArraySlice<Substring>) -> String? {
    switch parts.count {
    case 0: "GET"
    case 1: "DELETE"
    case 2: parts.last == "events" ? "GET" : parts.last == "acknowledge" ? "POST" : nil
    default: nil
    }
  }

  private static func methods(ofWebhooks parts: ArraySlice<Substring>) -> String? {
    switch parts.count {
    case 0: "GET"
    case 2: parts.last == "dead-letters" ? "GET" : parts.last == "retry" ? "POST" : nil
    default: nil
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
    if let delay = server.queueLimit.refusal() {
      return Problem(.serviceUnavailable, "busy", "the oldest command waits for \(delay)").response
    }
    if let alarm = server.verifier?.findings.alarm {
      return Problem(.serviceUnavailable, "verifier", alarm).response
    }
    if let alarm = server.checkpoints?.findings.alarm {
      return Problem(.serviceUnavailable, "checkpoint", alarm).response
    }
    return .text("ready\n")
  }
}

extension ServerContext {
  /// In Prometheus's text format. What a log that has stopped does not tell any more is left out.
  func metricsText() async -> String {
    let text = metrics.text(
      lastSequence: stock.lastSequence, queueDelay: stock.queueDelay, connections: counts.openCount,
      totalConnections: counts.totalCount)
    return text + OutboxMetrics.text(consumers: shop == nil ? (try? await log.consumers()) ?? [] : [], webhooks.senders)
      + (verifier?.findings.text(last: log.lastSequence) ?? "")
      + (checkpoints?.findings.text(last: log.lastSequence) ?? "") + AccessMetrics.text(self)
  }
}
