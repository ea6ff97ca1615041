import HTTPTypes
import Hummingbird
import TallyText

/// Whose request it is that is being answered; `nil`: nobody was asked.
enum Caller {
  @TaskLocal static var user: User?
}

/// Asks who calls, by `Authorization: Bearer`, and refuses what that user may not have.
struct AccessMiddleware: RouterMiddleware {
  let server: ServerContext
  private static let challenge = "Bearer realm=\"tallystick\""

  func handle(
    _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
  ) async throws -> Response {
    let need = PathNeed(path: request.uri.path)
    guard server.access.isRequired, need != .nothing else { return try await next(request, context) }
    guard let header = request.headers[.authorization] else { return refusal("this needs a token", "") }
    guard let token = AccessMiddleware.token(header) else {
      return refusal("Authorization is not of the form: Bearer TOKEN", ", error=\"invalid_request\"")
    }
    guard let user = server.access.user(nil, token: token.utf8) else {
      if let wait = server.access.tookWrong(from: context.client, "HTTP") {
        var problem = Problem(.tooManyRequests, "wrong-tokens", "too many wrong tokens came from this address")
        problem.retryAfter = wait.components.seconds
        return problem.response
      }
      return refusal("this token is nobody's", ", error=\"invalid_token\"")
    }
    switch need {
    case .nothing, .user: break
    case .undecided: throw Problem(.forbidden, "role", "no role may have this")
    case .roles(let roles): try user.require(roles)
    }
    return try await Caller.$user.withValue(user) { try await next(request, context) }
  }

  private static func token(_ header: String) -> Substring? {
    let words = header.split(separator: " ")
    return words.count == 2 && words[0].lowercased() == "bearer" ? words[1] : nil
  }

  private func refusal(_ detail: String, _ error: String) -> Response {
    var response = Problem(.unauthorized, "unauthorized", detail).response
    response.headers[.wwwAuthenticate] = AccessMiddleware.challenge + error
    return response
  }
}

extension User {
  /// - Throws: a problem for who lacks one.
  func require(_ needed: Roles) throws {
    let missing = needed.subtracting(roles)
    if missing.isEmpty { return }
    throw Problem(.forbidden, "role", "\(name) may not do this: it needs the role \(missing.text)")
  }
}
