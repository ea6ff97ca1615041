import TallyAudit
import TallyFormat
import Tallystick

/// Hostile segments: read by the auditor, by a reader and by a writer's recovery, which must agree.
enum LogTargets {
  /// Bytes right after the header of the first segment.
  static func segment(_ bytes: [UInt8]) -> String? {
    let files = MemoryFiles()
    let directory = HonestLog.shared.directory
    files.put(directory.segment(1), header + bytes)
    return judge(files)
  }

  private static let header = SegmentHeader(
    log: HonestLog.id, after: .empty, settings: LogSettings()
  ).encoded

  /// Frames with valid hashes around payloads: u16 length and bytes for each; the length's highest bit asks for a
  /// lower epoch, the next one for a frame without its payload.
  static func payloads(_ bytes: [UInt8]) -> String? {
    var segment = header
    var previous = Digest.zero
    var next: UInt64 = 1
    var number: UInt64 = 0
    var rest = bytes[...]
    while rest.count >= 2, segment.count < 1 << 20 {
      let word = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
      rest = rest.dropFirst(2)
      let payload = word & 0x4000 != 0 ? [] : Array(rest.prefix(word & 0x3FFF))
      rest = rest.dropFirst(payload.count)
      let epoch: UInt64 = word & 0x8000 != 0 ? 1 : 2
      let frame =
        payload.isEmpty
        ? HandMadeFrame(
          [], number: number, first: next, count: 0, epoch: epoch, previous: previous, log: HonestLog.id)
        : HandMadeFrame(
          payload, number: number, epoch: epoch, next: next, previous: previous, log: HonestLog.id)
      segment += frame.bytes
      previous = frame.hash
      number += 1
      if !payload.isEmpty, let numbers = numbers(payload) { next = numbers.first &+ numbers.count }
    }
    let files = MemoryFiles()
    files.put(HonestLog.shared.directory.segment(1), segment)
    return judge(files)
  }

  /// The other way round: what ``payloads(_:)`` takes apart.
  static func input(_ payloads: [[UInt8]]) -> [UInt8] {
    payloads.flatMap { [UInt8(truncatingIfNeeded: $0.count), UInt8(truncatingIfNeeded: $0.count >> 8) & 0x3F] + $0 }
  }

  private static func numbers(_ payload: [UInt8]) -> (first: UInt64, count: UInt64)? {
    payload.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      guard (try? reader.varint()) != nil, let first = try? reader.varint(), let count = try? reader.varint() else {
        return nil
      }
      return (first, count)
    }
  }

  /// Two folds that share nothing must come to one verdict: an event that one refuses, the other must not accept.
  private static func judge(_ files: MemoryFiles) -> String? {
    let directory = HonestLog.shared.directory
    var options = AuditOptions()
    // Whatever the log holds can be told.
    options.history = HistoryRequest()
    guard let report = try? Auditor(directory, files: files, options: options).run() else { return nil }
    let recovery = Result { try open(files.copy()) }
    let info = Result { try LogReader(HonestLog.path, files: files).info() }
    switch report.verdict {
    case .proven:
      guard case .success(let info) = info else { return "the auditor proves a log that a reader refuses: \(info)" }
      if info.stateDigest != report.stateDigest { return "the folds end in different states" }
      if case .failure(let error) = recovery { return "the auditor proves a log that a writer refuses: \(error)" }
    case .violated:
      guard let first = report.violations.first else { return "a violated log without a violation" }
      if case .success = recovery { return "a writer accepts a log that breaks \(first.rule.rawValue)" }
      if case .failure(let error) = recovery, case .ruleBroken(let rule, let sequence, _)? = error as? TallyError {
        let named = report.violations.contains { $0.rule == rule && $0.sequence == sequence }
        if !named, report.violationCount == report.violations.count {
          return
            "a writer says \(rule.rawValue) at \(sequence), the auditor \(first.rule.rawValue) at \(first.sequence)"
        }
      }
    case .damaged, .inconsistent:
      if case .success = recovery { return "a writer accepts a log that is \(report.verdict)" }
    }
    return nil
  }

  private static func open(_ files: MemoryFiles) throws {
    let log = try HonestLog.writer(on: files)
    _ = log.append(Command(.commit(id: "order-1")))
    log.close()
  }
}
