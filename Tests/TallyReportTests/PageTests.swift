import TallyFormat
import TallyTestSupport
import Testing

@testable import TallyAudit
@testable import TallyReport

@Suite("An audit as a page")
struct PageTests {
  private static let origin = ReportOrigin(
    path: "shops/shop.tally", command: ["tally-verify", "shop's", "--report", "a.html"], checkpoint: nil, made: 0,
    version: "0.1.0")

  private func page(_ findings: AuditReport) -> String { AuditPage(findings, origin: PageTests.origin).html }

  /// Every opening tag has its end, in order.
  private func isWellFormed(_ html: String) -> Bool {
    var open: [Substring] = []
    for tag in html.split(separator: "<").dropFirst() {
      guard let end = tag.firstIndex(of: ">") else { return false }
      let name = tag[..<end].prefix { $0 != " " && $0 != "\n" }
      if name.hasPrefix("/") {
        guard open.popLast() == name.dropFirst() else { return false }
      } else if !name.hasPrefix("!"), name != "meta", !tag[..<end].hasSuffix("/") {
        open.append(name)
      }
    }
    return open.isEmpty
  }

  @Test("of a log without events says so")
  func empty() {
    let html = page(AuditReport())
    #expect(html.contains("<strong>proven</strong>") && html.contains("The log has no events."))
    #expect(isWellFormed(html))
  }

  @Test(
    "begins with the verdict, and says what was found, whichever it is",
    arguments: [Verdict.damaged, .violated, .inconsistent])
  func bad(verdict: Verdict) {
    var findings = AuditReport()
    findings.verdict = verdict
    findings.damage = Damage(file: "segments/1.lz4", offset: 7, sequence: 3, detail: "the hash differs")
    findings.contradictions = [Contradiction(witness: "checkpoint", sequence: 9, detail: "another hash")]
    let html = page(findings)
    #expect(html.contains("<div class=\"verdict bad\" role=\"status\">\n<strong>\(verdict.rawValue)</strong>"))
    #expect(html.contains("the hash differs") && html.contains("another hash"))
    #expect(html.contains("<title>shop.tally: \(verdict.rawValue)</title>"))
    #expect(isWellFormed(html))
  }

  /// What a hostile log may hold: names that are markup, all tables full, everything changing all the time.
  private func hostile() -> AuditReport {
    let name = String(repeating: "\"<&'>\u{202E}", count: 9)
    let span = TimeSpan(0, 1_000_000)
    var findings = AuditReport()
    findings.verdict = .violated
    findings.violationCount = 1 << 40
    findings.violations = (0..<100).map { number in
      Violation(
        rule: .overtaking, sequence: UInt64(number), position: LogPosition(segment: 1, offset: number), sku: name,
        location: name, detail: name)
    }
    findings.warnings = Array(repeating: name, count: 5_000)
    findings.contradictions = Array(
      repeating: Contradiction(witness: name, sequence: .max, detail: name), count: 5_000)
    findings.snapshots = (0..<5_000).map {
      SnapshotFinding(file: name, sequence: UInt64($0), status: .inconsistent, stateDigest: .zero, detail: name)
    }
    let part = RecipeFinding.Part(sku: name, location: name, quantity: .max)
    findings.recipes = Array(
      repeating: RecipeFinding(
        sku: name, location: name, hasOwnStock: true, parts: Array(repeating: part, count: 4_096)), count: 200)
    findings.refused = Array(
      repeating: RefusedDemand(sku: name, location: name, asks: .max, insufficient: .max, limited: 1), count: 200)
    findings.waitedFor = Array(
      repeating: WaitedFor(sku: name, location: name, reservations: .max, units: .max, available: .min), count: 200)
    var history = AuditHistory(span: span)
    let item = HistoryItem(sku: name, location: name)
    history.stock = (0..<HistoryRequest.mostItems).map { _ in
      var stock = StockHistory(item, span, asked: .max, tightest: (5_000, -(1 << 62)))
      var random = SplitMix64(seed: 1)
      for number in 0..<20_000 {
        let level = Stock(
          onHand: Int64.random(in: -(1 << 62)...(1 << 62), using: &random) / 2,
          held: Int64.random(in: -(1 << 61)...(1 << 61), using: &random), lastChange: 0)
        stock.add(level, at: UInt64(number), Int64(number) * 50)
      }
      return stock
    }
    history.moments = Array(
      repeating: TightMoment(item: item, available: .min, sequence: .max, time: 1 << 53, kind: name, id: name),
      count: 20)
    for number in 0..<20_000 { history.waiting.note(number % 999, joining: true, at: Int64(number) * 50) }
    findings.history = history
    return findings
  }

  @Test("stays below 2 MB, whatever a log holds, and names do nothing")
  func hostileLog() {
    let html = page(hostile())
    #expect(html.utf8.count < 2_000_000, "\(html.utf8.count) bytes")
    #expect(isWellFormed(html))
    #expect(!html.contains("\u{202E}") && !html.contains("\"<"))
    #expect(html.contains("And 4,950 more."))
    #expect(html.contains("100 of the violations above are about it"))
  }

  @Test(
    "what nobody sees in a name is spelt out: it turns text round, joins, parts, or makes two names look like one",
    arguments: [
      0x00AD, 0x034F, 0x061C, 0x115F, 0x17B4, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A,
      0x202E, 0x2060, 0x2064, 0x2066, 0x2069, 0x206F, 0x3164, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xE0001, 0xE0041, 0xE0100,
    ] as [UInt32])
  func unseen(value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    #expect(escaped("te\(scalar)a") == "te\\u{\(String(value, radix: 16))}a")
    var findings = AuditReport()
    findings.verdict = .violated
    findings.violationCount = 1
    findings.violations = [
      Violation(
        rule: .overtaking, sequence: 3, position: LogPosition(segment: 1, offset: 7), sku: "te\(scalar)a",
        location: "ma\(scalar)in", detail: "de\(scalar)tail")
    ]
    #expect(!page(findings).unicodeScalars.contains(scalar))
  }

  @Test("words of any script stay as they are")
  func scripts() {
    for text in ["Tee", "чай", "شاي", "茶", "चाय", "e\u{301}", "Größe 😀"] { #expect(escaped(text) == text) }
  }

  @Test("may load nothing, and run nothing")
  func policy() {
    let html = page(hostile())
    #expect(html.contains("content=\"default-src 'none'; style-src 'sha256-"))
    #expect(!html.contains("<script") && !html.contains("style=\"") && !html.contains("unsafe-inline"))
    #expect(!html.contains("src=\"") && !html.contains("http://") && !html.contains("https://"))
  }

  @Test("has charts that are described, and tables whose heads say what they head")
  func accessible() {
    let html = page(hostile())
    let charts = html.components(of: "<div class=\"plot\"><svg role=\"img\" aria-label=\"")
    #expect(charts.count > 7 && charts.allSatisfy { !$0.hasPrefix("\"") })
    let tables = html.components(of: "<table")
    #expect(tables.count > 5)
    #expect(
      tables.allSatisfy { $0.contains("<caption>") && $0.contains("scope=\"col\"") && $0.contains("scope=\"row\"") })
  }

  @Test("says how to repeat it, with words that a shell takes as they are")
  func repeating() {
    #expect(PageTests.origin.commandLine == "tally-verify 'shop'\\''s' --report a.html")
    #expect(
      ReportOrigin.quoted("") == "''" && ReportOrigin.quoted("a b;c") == "'a b;c'" && ReportOrigin.quoted("Ü") == "'Ü'")
  }
}

extension String {
  /// What follows each occurrence, up to the next.
  fileprivate func components(of text: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self[...]
    while let found = rest.firstRange(of: text) {
      rest = rest[found.upperBound...]
      parts.append(rest[..<(rest.firstRange(of: text)?.lowerBound ?? rest.endIndex)])
    }
    return parts
  }
}
