import TallyAudit
import TallyFormat
import TallyFuzz
import TallyTestSupport
import Testing

@testable import Tallystick

/// `Tests/Stranger/verify.py`, written from the format document alone, must say of a forged log what our auditor says: what
/// neither of them reads out of the page is not in it.
@Suite("Forged logs and a verifier written from the document alone")
struct StrangerForgeryTests {
  private static let script =
    "\(#filePath)".split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    + "/Stranger/verify.py"

  /// Whether this machine has what the script needs.
  static let canRun =
    RunningProgram(["python3", "-c", "import ctypes; ctypes.CDLL('liblz4.so.1')"])?.finish().status == 0

  /// What the script says of each of some logs, by name.
  private func ask(_ logs: [String]) throws -> [[String: String]] {
    let ended = try #require(RunningProgram(["python3", Self.script] + logs)).finish()
    var answers: [[String: String]] = []
    for line in ended.lines {
      let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      if parts[0] == "log" { answers.append([:]) }
      answers[answers.count - 1][parts[0]] = parts[1]
    }
    #expect(answers.map { $0["log"] } == logs, "\(ended.errors.suffix(2_000))")
    return answers
  }

  /// Compares the auditor's reports with the script's; returns how many have each verdict and each first rule.
  @discardableResult
  private func compare(_ logs: [String], _ comment: (Int) -> String) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for (index, theirs) in try ask(logs).enumerated() {
      var options = AuditOptions()
      options.violationLimit = 1_000
      options.jobs = 1 + index % 2
      let ours = try Auditor(LogDirectory(logs[index]), options: options).run()
      let comment = Comment(
        rawValue: "\(comment(index)): they say \(theirs["rule"] ?? "nothing"), we say \(ours.verdict),"
          + " \(ours.damage?.detail ?? ""), \(ours.contradictions.first?.detail ?? ""), \(ours.violations.first?.detail ?? "")"
      )
      #expect(theirs["verdict"] == ours.verdict.rawValue, comment)
      #expect(theirs["last_seq"] == "\(ours.lastSequence)", comment)
      #expect(theirs["head_hash"] == ours.head.hash.description, comment)
      #expect(theirs["torn_bytes"] == "\(ours.tornBytes)", comment)
      #expect(theirs["state_digest"] == ours.agreedStateDigest?.description, comment)
      let first = ours.violations.first
      #expect(theirs["rule_seq"] == first.map { "\($0.sequence)" }, comment)
      // It stops at the first rule that it finds broken; an event may break several.
      let rules = ours.violations.filter { $0.sequence == first?.sequence && $0.position == first?.position }
      #expect(theirs["rule"] == nil || rules.contains { $0.rule.rawValue == theirs["rule"] }, comment)
      counts[ours.verdict.rawValue, default: 0] += 1
      if let rule = theirs["rule"] { counts[rule, default: 0] += 1 }
    }
    return counts
  }

  @Test("agree where every rule is broken by hand", .enabled(if: canRun, "python3 or liblz4 is missing"))
  func everyRule() throws {
    let logs = try Forgery.all.map { forgery in
      let log = try ForgedLog()
      log.stock()
      try forgery.forge(log)
      try log.frame()
      return log
    }
    let counts = try compare(logs.map(\.path)) { "\(Forgery.all[$0].testDescription)" }
    #expect(counts["violated"] == logs.count)
    let rules = Set(Rule.allCases.map(\.rawValue)).subtracting([Rule.negativeHeld.rawValue])
    #expect(rules.subtracting(counts.keys) == [])
  }

  @Test("agree on events that nobody judged", .enabled(if: canRun, "python3 or liblz4 is missing"))
  func events() throws {
    let seeds = Seeds.few(200)
    let logs = try seeds.map { seed in
      let log = try ForgedLog()
      var events = RandomEvents(seed: seed)
      try events.fill(log)
      return log
    }
    let counts = try compare(logs.map(\.path)) { Seeds.replay(seeds[$0], of: "StrangerForgeryTests") }
    if seeds.count >= 200 { #expect(counts["violated", default: 0] > 50 && counts["proven", default: 0] > 10) }
  }

  @Test("agree on honest logs", .enabled(if: canRun, "python3 or liblz4 is missing"))
  func honest() throws {
    let directory = TemporaryDirectory()
    let seeds = Seeds.few(60)
    let logs = try seeds.map { seed in
      let path = directory.path + "/\(seed)"
      _ = try Self.honestLog(path, seed: seed)
      return path
    }
    let counts = try compare(logs) { Seeds.replay(seeds[$0], of: "StrangerForgeryTests") }
    #expect(counts["proven"] == logs.count)
  }

  @Test("agree on random changes to honest logs", .enabled(if: canRun, "python3 or liblz4 is missing"))
  func changes() throws {
    let directory = TemporaryDirectory()
    let seeds = Seeds.few(300)
    let honest = try (0..<UInt64(4)).map { try Self.honestLog(directory.path + "/honest-\($0)", seed: $0) }
    let logs = try seeds.map { seed in
      let path = directory.path + "/\(seed)"
      try LocalFileSystem().makeDirectory(path)
      var forgeries = RandomForgeries(
        random: SplitMix64(seed: seed), honest: honest[Int(seed % UInt64(honest.count))])
      try forgeries.write(to: path)
      return path
    }
    let counts = try compare(logs) { Seeds.replay(seeds[$0], of: "StrangerForgeryTests") }
    guard seeds.count >= 300 else { return }
    for verdict in ["proven", "violated", "damaged", "inconsistent"] { #expect(counts[verdict, default: 0] >= 5) }
  }

  @Test("agree how far behind a torn place is looked", .enabled(if: canRun, "python3 or liblz4 is missing"))
  func tails() throws {
    let most = Limits.maxFrameBytes
    /// A frame that is valid, but belongs nowhere.
    let stray = HandMadeFrame([1], number: 9, first: 9, count: 1, epoch: 1, previous: .zero, log: LogInParts.id).bytes
    /// The beginning of a frame that says it is nearly as long as can be, and has a wrong check.
    var claim = Array(
      HandMadeFrame(
        compressed: [UInt8](repeating: 0, count: most - 200), number: 9, first: 9, count: 1, epoch: 1,
        previous: .zero, log: LogInParts.id
      ).bytes.prefix(100))
    claim[40] ^= 1
    func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
    let tails: [(bytes: [UInt8], verdict: Verdict, torn: Int)] = [
      ([1] + zeros(most - 5) + stray, .damaged, 0),
      // Only three of the four bytes that a frame is known by are within a largest frame's length; none of it is.
      ([1] + zeros(most - 4) + stray, .proven, most),
      ([1] + zeros(most - 1) + stray, .proven, 1),
      (zeros(most) + stray, .proven, 0),
      // More to be hashed than is worth the while, and not quite.
      ([1] + (0..<17).flatMap { _ in claim } + zeros(most), .damaged, 0),
      ([1] + (0..<16).flatMap { _ in claim } + zeros(most), .proven, 1 + 15 * 100 + 64),
    ]
    let directory = TemporaryDirectory()
    for (index, tail) in tails.enumerated() {
      let path = directory.path + "/\(index)"
      try LocalFileSystem().makeDirectory(path)
      try LogInParts.empty.write(to: path) { bytes, _ in bytes += tail.bytes }
      try compare([path]) { _ in "tail \(index)" }
      let report = try Auditor(LogDirectory(path)).run()
      #expect(report.verdict == tail.verdict && report.tornBytes == tail.torn, "tail \(index)")
    }
  }

  /// A log of many small frames by two writers, with keys, batches and a snapshot.
  private static func honestLog(_ path: String, seed: UInt64) throws -> LogInParts {
    try TallyLog.create(path)
    var shopper = RandomShopper(seed: seed)
    var random = SplitMix64(seed: seed ^ 0x73_7472)
    let options = LogOptions.clockOf(seed: seed)
    for writer in 0..<2 {
      let log = try TallyLog(path, options: options)
      for number in 0..<25 {
        let commands = (0..<random.number(1...4)).map { _ in shopper.next() }
        if random.one(in: 4) {
          _ = log.append(Command(.batch(commands.map(\.operation)), key: Name("batch-\(writer)-\(number)")))
        } else {
          _ = log.append(
            commands.enumerated().map { index, command in
              command.operation.reservationID != nil || random.one(in: 2)
                ? command : Command(command.operation, key: Name("key-\(writer)-\(number)-\(index)"))
            })
        }
      }
      log.close()
      _ = try SnapshotStore(path).rebuild()
    }
    return try LogInParts(of: path)
  }
}
