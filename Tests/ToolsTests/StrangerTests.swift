import Foundation
import TallyTestSupport
import Testing

/// `Tests/Stranger/verify.py`, written from the format document alone, reads what we write and says what our auditor says.
@Suite("A verifier written from the document alone", .timeLimit(.minutes(60)))
struct StrangerTests {
  static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Stranger/verify.py").path

  /// Whether this machine has what the script needs.
  static let canRun =
    Tool().shell("python3 -c 'import ctypes.util; assert ctypes.util.find_library(\"lz4\")'").status == 0

  private static func ask(_ tally: Tool) -> (values: [String: String], status: Int32, errors: String) {
    let ended = tally.end(["python3", script, tally.log])
    var values: [String: String] = [:]
    for line in ended.lines {
      let parts = line.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
    }
    return (values, ended.status, ended.errors)
  }

  /// A log with every kind of event, in several segments, written by several writers.
  private static func sale() throws -> Tool {
    let tally = Tool.onNewLog("--segment-size", "64KiB")
    let samples = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../data").path
    let appended = tally.shell("\"$tally\" append '\(samples)/flash-sale.jsonl' > answers")
    #expect(appended.status == 0 || appended.status == 1, "\(appended.errors)")
    tally("receive", "tea=50", "tea@berlin=5", "cup@berlin=20")
    tally("limit", "cup@berlin", "3")
    tally("reserve", "a", "tea=2", "cup@berlin=3", "--customer", "ada", "--ttl", "1ms")
    tally("reserve", "018f3a1e-aaaa-7bbb-8ccc-0123456789ab", "tea=4")
    tally("commit", "018f3a1e-aaaa-7bbb-8ccc-0123456789ab", "tea=1", "--key", "k")
    tally("return", "cup@berlin=2")
    tally("reserve", "b", "tea=40")
    tally("adjust", "tea", "--to", "4", "--reason", "count", "--release", "newest")
    tally("transfer", "tea=1", "--from", "main", "--to", "berlin")
    return tally
  }

  @Test("agrees on verdict, end and state", .enabled(if: canRun, "python3 or liblz4 is missing"))
  func agrees() throws {
    let tally = try Self.sale()
    let ours = tally.end([Tool.verify, tally.log, "--json"])
    let theirs = Self.ask(tally)
    #expect(theirs.status == 0, "\(theirs.errors)")
    #expect(theirs.values["verdict"] == "proven")
    #expect(ours.object["verdict"] as? String == "proven")
    #expect(ours.object["last_seq"] as? Int == theirs.values["last_seq"].flatMap { Int($0) })
    #expect(ours.object["head_hash"] as? String == theirs.values["head_hash"])
    #expect(ours.object["state_digest"] as? String == theirs.values["state_digest"])
    #expect((ours.object["last_seq"] as? Int ?? 0) > 100)
  }

  /// Ids that do not shrink, a segment's fill with each writer.
  private static func severalSegments() throws -> Tool {
    let tally = Tool.onNewLog("--segment-size", "64KiB")
    tally("receive", "tea=100000")
    var random = SplitMix64(seed: 1)
    for round in 0..<3 {
      let lines = (0..<3_000).map { _ in
        let id = [random.next(), random.next()].map { String($0, radix: 16) }.joined(separator: "-")
        return #"{"op":"reserve","id":"\#(id)","lines":[{"sku":"tea","qty":1}]}"#
      }
      _ = try tally.file("load-\(round).jsonl", lines.joined(separator: "\n") + "\n")
      let appended = tally.shell("$tally append load-\(round).jsonl > answers")
      #expect(appended.status == 0, "\(appended.errors)")
    }
    return tally
  }

  /// What is done to a log of several segments, and what comes of it.
  private static let changesOfSegments = [
    ("mv segments/$last next-segment", "proven"),
    ("ln segments/$last next-segment", "proven"),
    ("head -c 4096 /dev/zero >> segments/$first", "proven"),
    ("head -c 4096 /dev/zero >> segments/$first; echo x >> segments/$first", "damaged"),
    ("head -c 16843008 /dev/zero >> segments/$first", "damaged"),
    ("mv segments/$last next-segment; head -c 144 /dev/zero | dd of=next-segment conv=notrunc", "damaged"),
    ("head -c 100 segments/$last > next-segment; head -c 9999 /dev/zero >> next-segment", "proven"),
  ]

  @Test(
    "agrees on what a crash in a change of segments may leave", .enabled(if: canRun, "python3 or liblz4 is missing"),
    arguments: changesOfSegments)
  func changeOfSegments(change: String, verdict: String) throws {
    let tally = try Self.severalSegments()
    let whole = Self.ask(tally)
    let changed = tally.shell(
      "cd $TALLY_LOG; first=$(ls segments | head -1); last=$(ls segments | tail -1); test $first != $last && { \(change); }"
    )
    #expect(changed.status == 0, "\(changed.errors)")
    let ours = tally.end([Tool.verify, tally.log, "--json"])
    let theirs = Self.ask(tally)
    #expect(theirs.values["verdict"] == verdict, "\(theirs.errors)")
    #expect(ours.object["verdict"] as? String == verdict, "\(ours.errors)")
    if verdict == "proven" { #expect(theirs.values["head_hash"] == whole.values["head_hash"]) }
  }

  @Test("finds in the document's worked example what the document says, as our auditor does", .enabled(if: canRun))
  func workedExample() throws {
    let document = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/TallyFormat/TallyFormat.docc/Format.md").path
    let example = try #require(WorkedExample(document: document))
    let tally = Tool()
    try FileManager.default.createDirectory(atPath: tally.log + "/segments", withIntermediateDirectories: true)
    try Data(example.bytes).write(to: URL(filePath: tally.log + "/segments/00000000000000000001.lz4"))
    let ours = tally.end([Tool.verify, tally.log, "--json"]).object
    let theirs = Self.ask(tally).values
    for result in ["head_hash", "state_digest"] {
      #expect(example.results[result] != nil)
      #expect(ours[result] as? String == example.results[result])
      #expect(theirs[result] == example.results[result])
    }
  }

  @Test("sees a log that was cut, or that a deposed writer went on with", .enabled(if: canRun))
  func seesFloor() throws {
    let tally = try Self.sale()
    let floor = try Data(contentsOf: URL(filePath: tally.log + "/floor"))
    /// Changes bytes of the floor and sets its check right.
    func forge(_ statement: String) throws {
      try floor.write(to: URL(filePath: tally.log + "/floor"))
      let forged = tally.shell(
        """
        python3 -c 'import hashlib, sys; b = bytearray(open(sys.argv[1], "rb").read()); \(statement)
        b[96:] = hashlib.sha256(b[:96]).digest()[:16]; open(sys.argv[1], "wb").write(b)' "$TALLY_LOG/floor"
        """)
      #expect(forged.status == 0, "\(forged.errors)")
    }
    func expect(_ verdict: String, _ source: SourceLocation = #_sourceLocation) {
      #expect(tally.verdict() == verdict, sourceLocation: source)
      let theirs = Self.ask(tally)
      #expect(theirs.values["verdict"] == verdict, "\(theirs.errors)", sourceLocation: source)
    }
    try forge("pass")
    expect("proven")
    try forge("b[32] += 1")
    expect("damaged")
    try forge("b[40] += 1")
    expect("damaged")
    try forge("b[48] ^= 1")
    expect("damaged")
    try forge("b[80] += 1")
    expect("damaged")
    try forge("b[12] = 1")
    expect("damaged")
    // A writer that took the log and was gone before it wrote: no frame has its epoch.
    try forge("b[88] += 1")
    expect("proven")
    // An older floor of a later epoch: what follows its frame was written by a writer that had lost the log.
    tally("receive", "tea=1")
    try forge("b[88] += 9")
    expect("damaged")
    // One bit of it flipped.
    var bytes = Array(floor)
    bytes[50] ^= 4
    try Data(bytes).write(to: URL(filePath: tally.log + "/floor"))
    expect("damaged")
  }
}
