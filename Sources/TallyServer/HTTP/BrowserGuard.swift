import HTTPTypes
import Hummingbird
import TallyText

/// Keeps pages of other sites from using a browser on this machine as their hand: what a browser sends for such a page
/// names the page's site, and under a name that was made to point here it names that.
struct BrowserGuard<Context: RequestContext>: RouterMiddleware {
  /// Only this machine can connect: nobody has a reason to call the server by another name.
  let isLoopback: Bool

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let host = request.head.authority ?? ""
    if isLoopback, !host.isEmpty, !BrowserGuard.isThisMachine(host) {
      throw Problem(.misdirectedRequest, "host", "this server is not called \(host.printable)")
    }
    if let origin = request.headers[.origin], origin != "http://\(host)", origin != "https://\(host)" {
      throw Problem(.forbidden, "origin", "pages of \(origin.printable) may not use this server")
    }
    return try await next(request, context)
  }

  private static func isThisMachine(_ authority: String) -> Bool {
    let name = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } : authority.prefix { $0 != ":" }
    return name == "localhost" || name == "[::1"
      || name.hasPrefix("127.") && name.allSatisfy { $0.isNumber || $0 == "." }
  }
}
