import Hummingbird

/// Refuses a client whose calls come faster than they may. Health and metrics are for whoever watches, and never refused.
struct RateMiddleware: RouterMiddleware {
  let server: ServerContext

  func handle(
    _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
  ) async throws -> Response {
    if let rates = server.rates, request.uri.path.hasPrefix("/v1/"), let wait = rates.refusal(of: context.client) {
      server.metrics.refused(1)
      throw Problem(wait: wait)
    }
    return try await next(request, context)
  }
}
