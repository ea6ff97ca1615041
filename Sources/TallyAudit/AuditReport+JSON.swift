extension AuditReport {
  /// The one object of `tally-verify --json`.
  public var json: String {
    var out = JSONText()
    out.object {
      $0.field("verdict", verdict.rawValue)
      $0.field("log", log?.description)
      $0.field("first_seq", UInt64(events == 0 ? 0 : firstSequence))
      $0.field("last_seq", lastSequence)
      $0.field("events", events)
      $0.field("frames", frames)
      $0.field("reservations", reservations)
      $0.field("items", items)
      $0.field("min_available", minAvailable)
      $0.field("min_available_seq", minAvailableSequence)
      $0.field("head_hash", headHash.description)
      $0.field("state_digest", stateDigest.description)
      $0.field("torn_bytes", tornBytes)
      $0.list("violations", findings)
      $0.field("violations_total", findings.count - violations.count + violationCount)
      $0.list("snapshots", snapshots) { out, snapshot in
        out.field("file", snapshot.file)
        out.field("seq", snapshot.sequence)
        out.field("status", snapshot.status.rawValue)
        out.field("state_digest", snapshot.stateDigest?.description)
        if !snapshot.detail.isEmpty { out.field("detail", snapshot.detail) }
      }
      $0.list("warnings", warnings)
      $0.field("first_time_ms", events == 0 ? nil : firstTime)
      $0.field("last_time_ms", events == 0 ? nil : lastTime)
      $0.field("seconds", seconds)
    }
    return out.text
  }

  /// One thing that is wrong, as people and programs are told it.
  public struct Finding: Sendable {
    public var sequence: UInt64
    /// The file: a segment's name, or a snapshot's, `floor`, `checkpoint`.
    public var file: String
    /// Bytes from the file's beginning.
    public var offset: Int
    /// A rule's name, or `damaged` or `inconsistent`.
    public var rule: String
    public var sku: String?
    public var location: String?
    public var detail: String
  }

  /// Damage, contradictions and violations, in the order of their weight.
  public var findings: [Finding] {
    var found = [Finding]()
    if let damage {
      found.append(
        Finding(
          sequence: damage.sequence, file: damage.file.split(separator: "/").last.map(String.init) ?? damage.file,
          offset: damage.offset, rule: "damaged", detail: damage.detail))
    }
    for contradiction in contradictions {
      found.append(
        Finding(
          sequence: contradiction.sequence, file: contradiction.witness, offset: 0, rule: "inconsistent",
          detail: contradiction.detail))
    }
    for violation in violations {
      found.append(
        Finding(
          sequence: violation.sequence, file: violation.position.segmentName, offset: violation.position.offset,
          rule: violation.rule.rawValue, sku: violation.sku, location: violation.location, detail: violation.detail))
    }
    return found
  }
}

/// Writes JSON, field by field.
private struct JSONText {
  private(set) var text = ""
  private var needsComma = false

  mutating func object(_ body: (inout JSONText) -> Void) {
    text += "{"
    needsComma = false
    body(&self)
    text += "}"
    needsComma = true
  }

  private mutating func name(_ name: String) {
    if needsComma { text += "," }
    needsComma = true
    text += "\"\(name)\":"
  }

  mutating func field(_ name: String, _ value: String?) {
    self.name(name)
    if let value { string(value) } else { text += "null" }
  }
  mutating func field(_ name: String, _ value: (some BinaryInteger)?) {
    self.name(name)
    text += value.map { "\($0)" } ?? "null"
  }
  mutating func field(_ name: String, _ value: Double) {
    self.name(name)
    text += "\((value * 1_000_000).rounded() / 1_000_000)"
  }

  mutating func list(_ name: String, _ values: [String]) {
    self.name(name)
    text += "["
    for (index, value) in values.enumerated() {
      if index > 0 { text += "," }
      string(value)
    }
    text += "]"
  }

  mutating func list<Element>(_ name: String, _ values: [Element], _ body: (inout JSONText, Element) -> Void) {
    self.name(name)
    text += "["
    for (index, value) in values.enumerated() {
      if index > 0 { text += "," }
      object { body(&$0, value) }
    }
    text += "]"
    needsComma = true
  }

  mutating func list(_ name: String, _ findings: [AuditReport.Finding]) {
    list(name, findings) { out, finding in
      out.field("seq", finding.sequence)
      out.field("segment", finding.file)
      out.field("offset", finding.offset)
      out.field("rule", finding.rule)
      if let sku = finding.sku { out.field("sku", sku) }
      if let location = finding.location { out.field("location", location) }
      out.field("detail", finding.detail)
    }
  }

  private mutating func string(_ value: String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
