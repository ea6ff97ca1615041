import HTTPTypes
import Hummingbird
import NIOCore

/// The dashboard: one page, its style and its program, compiled in. They hold no figures: those the page asks for, as
/// anybody does.
enum DashboardRoutes {
  private struct File: Sendable {
    let path: String
    let type: String
    let bytes: ByteBuffer
  }

  private static let files: [File] = {
    let script = "text/javascript; charset=utf-8"
    return [
      ("/", "text/html; charset=utf-8", PackageResources.dashboard_html),
      ("/dashboard/dashboard.css", "text/css; charset=utf-8", PackageResources.dashboard_css),
      ("/dashboard/icon.svg", "image/svg+xml", PackageResources.icon_svg),
      ("/dashboard/main.js", script, PackageResources.main_js),
      ("/dashboard/chart.js", script, PackageResources.chart_js),
      ("/dashboard/feed.js", script, PackageResources.feed_js),
      ("/dashboard/item.js", script, PackageResources.item_js),
      ("/dashboard/items.js", script, PackageResources.items_js),
      ("/dashboard/source.js", script, PackageResources.source_js),
      ("/dashboard/status.js", script, PackageResources.status_js),
      ("/dashboard/words.js", script, PackageResources.words_js),
    ].map { File(path: $0.0, type: $0.1, bytes: ByteBuffer(bytes: $0.2)) }
  }()

  /// Nothing from elsewhere, nothing inline, no text that becomes a program, no frame around it.
  private static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
    + " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

  static func add(to router: Router<CallContext>) {
    for file in files {
      router.get(RouterPath(file.path)) { _, _ in
        Response(
          status: .ok,
          headers: [
            .contentType: file.type, .contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff",
            .cacheControl: "no-cache", .referrerPolicy: "no-referrer",
          ], body: ResponseBody(byteBuffer: file.bytes))
      }
    }
  }

  static func hasFile(at path: String) -> Bool { files.contains { $0.path == path } }
}

extension HTTPField.Name {
  fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .referer
}
