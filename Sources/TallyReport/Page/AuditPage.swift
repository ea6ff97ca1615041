import TallyAudit
import TallyFormat
import TallyText

/// An audit as one HTML file for people: without scripts, without other files, for screens of any width, and for paper.
///
/// However large the log, a few hundred kilobytes: every list ends somewhere and says so, and charts are thinned out. Whatever
/// a log holds is text in it, and its policy would let nothing else happen.
package struct AuditPage: Sendable {
  let findings: AuditReport
  let origin: ReportOrigin

  /// - Parameter findings: with a history, or without one if there is nothing to tell of.
  package init(_ findings: AuditReport, origin: ReportOrigin) {
    self.findings = findings
    self.origin = origin
  }

  private static let style = String(decoding: PackageResources.report_css, as: UTF8.self)
  /// Nothing but this style, and nothing from anywhere.
  private static var policy: String {
    var stream = DigestStream()
    Array(style.utf8).withUnsafeBytes { stream.update($0) }
    let hash = Base64.encode(stream.digest.bytes)
    return "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'"
  }

  private static let mark =
    "<svg viewBox=\"0 0 32 32\" aria-hidden=\"true\"><path d=\"M5 9h22v6H5zM5 17h22v6H5z\"/>"
    + "<path class=\"cut\" d=\"M10 9v6m4-6v6m4-6v6m-8 2v6m4-6v6m4-6v6\"/></svg>"

  /// The file.
  package var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(AuditPage.policy)">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <title>\(escaped(origin.name)): \(findings.verdict.rawValue)</title>
    <style>\(AuditPage.style)</style>
    </head>
    <body>
    <header><h1>\(AuditPage.mark)<span>Audit of \(escaped(origin.name))</span></h1></header>
    <main>
    \(verdict)\(tiles)\(contents)\(trouble)\(stock)\(moments)\(refusals)\(waiting)\(expiries)\(recipes)\(pace)\(repeating)\(figures)</main>
    <footer><p>Made on \(escaped(Moments.text(origin.made))) by tally-verify \(escaped(origin.version)), which only read the \
    log. Times are UTC.</p></footer>
    </body>
    </html>

    """
  }

  /// Links to what comes.
  private var contents: String {
    let links = [
      ("stock", "Stock over time"), ("moments", "Tightest moments"), ("refusals", "Refusals"),
      ("waiting", "Waiting in line"),
      ("expiries", "Expired holds"), ("repeating", "Repeat this audit"),
    ]
    guard findings.history != nil else { return "" }
    let items = links.map { "<li><a href=\"#\($0.0)\">\($0.1)</a></li>" }
    return "<nav aria-label=\"Contents\"><ul>\(items.joined())</ul></nav>\n"
  }
}
