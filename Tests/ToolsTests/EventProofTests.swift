import Glibc
import TallyTestSupport
import Testing

@Suite("Proofs of single events, and the page that checks them", .timeLimit(.minutes(60)))
struct EventProofTests {
  private static let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Browser/"
  static var hasBrowser: Bool {
    RunningProgram(["sh", "-c", "command -v chromedriver && command -v chromium && command -v python3"])?.finish()
      .status == 0
  }

  /// A shop whose events of many kinds partly share frames.
  private func shop() throws -> Tool {
    let tally = Tool.onNewLog()
    let commands = """
      {"op":"receive","lines":[{"sku":"tea","qty":100},{"sku":"cup","location":"berlin","qty":20}]}
      {"op":"reserve","id":"order-1","customer":"c-9","lines":[{"sku":"tea","qty":2},{"sku":"cup","location":"berlin","qty":1}]}
      {"op":"reserve","id":"secret-7","customer":"somebody","lines":[{"sku":"tea","qty":5}]}
      {"op":"commit","id":"order-1","lines":[{"sku":"tea","qty":1}]}
      {"op":"adjust","sku":"tea","to":6,"reason":"count"}
      {"op":"reserve","id":"late","lines":[{"sku":"tea","qty":9}],"wait":true}
      {"op":"receive","lines":[{"sku":"tea","qty":50}]}
      {"op":"release","id":"secret-7"}
      {"op":"limit","sku":"tea","qty":40}
      """
    let loaded = tally.run(["append"], input: commands)
    #expect(loaded.status == 0, "\(loaded.errors) \(loaded.output)")
    #expect(tally("key", "generate", "--origin", "shop.example/log", "--out", path(tally, "key.secret")).status == 0)
    #expect(tally.shell("mv key.secret.pub key.pub").status == 0)
    return tally
  }

  private func path(_ tally: Tool, _ name: String) -> String { tally.directory.path + "/" + name }

  private func checkpoint(_ tally: Tool, _ name: String, _ more: String...) throws -> String {
    let signed = tally.run(["checkpoint", "--key", path(tally, "key.secret")] + more)
    #expect(signed.status == 0, "\(signed.errors)")
    return try tally.file(name, signed.output)
  }

  private func check(_ tally: Tool, _ proof: String) -> RunningProgram.Ended {
    tally.check(proof: proof, key: path(tally, "key.pub"))
  }

  @Test("every event is proven alone, in less than 2 KiB, and nobody else's name is in the file")
  func alone() throws {
    let tally = try shop()
    let signed = try String(decoding: tally.bytes(of: checkpoint(tally, "first", "--events")), as: UTF8.self)
    #expect(signed.contains("\nevents "))
    let last = try #require(tally.lastSequence)
    var kinds = Set<String>()
    for sequence in 1...last {
      let made = tally("prove", "--event", "\(sequence)", "--out", path(tally, "proof"))
      #expect(made.status == 0, "\(made.errors)")
      let proven = check(tally, path(tally, "proof"))
      #expect(proven.status == 0 && proven.object["seq"] as? Int == sequence, "\(proven.errors)")
      let kind = try #require(proven.object["event"] as? String)
      let logged = tally("events", "--from", "\(sequence)", "--to", "\(sequence)", "--json").object
      #expect(logged["type"] as? String == kind && logged["time_ms"] as? Int == proven.object["time_ms"] as? Int)
      kinds.insert(kind)
      #expect(try tally.bytes(of: path(tally, "proof")).count <= 2048)
    }
    #expect(kinds.isSuperset(of: ["item-registered", "reserved", "committed", "waiting", "filled", "released"]))
    #expect(tally("prove", "order-1", "--out", path(tally, "proof")).status == 0)
    let text = try String(decoding: tally.bytes(of: path(tally, "proof")), as: UTF8.self)
    #expect(!text.contains("secret-7") && !text.contains("somebody"))
    let lines = try #require(check(tally, path(tally, "proof")).object["lines"] as? [[String: Any]])
    #expect(lines.map { $0["sku"] as? String } == ["tea", "cup"] && lines.map { $0["qty"] as? Int } == [2, 1])
    // The whole frame, where somebody wants it.
    #expect(tally("prove", "order-1", "--frame", "--out", path(tally, "proof")).status == 0)
    #expect(check(tally, path(tally, "proof")).object["type"] as? String == "tallystick-reservation/1")
    #expect(tally("prove", "--event", "\(last + 1)").status != 0)
    #expect(tally("prove", "--event", "order-1").status == 64)
  }

  @Test("the tree over events goes on with the log, is made again when it is lost, and is what the auditor finds")
  func kept() throws {
    let tally = try shop()
    let plain = try checkpoint(tally, "plain")
    #expect(tally("prove", "--event", "4").errors.contains("--events"))
    _ = try checkpoint(tally, "first", "--events")
    tally("receive", "new@paris=3")
    tally("reserve", "order-2", "new@paris=1", "--customer", "c-1")
    let second = try checkpoint(tally, "second")
    #expect(tally("prove", "order-2", "--out", path(tally, "proof")).status == 0)
    #expect(check(tally, path(tally, "proof")).status == 0)
    let text = try String(decoding: tally.bytes(of: second), as: UTF8.self)
    for loss in [
      "rm shop.tally/tree/events/items", "rm -r shop.tally/tree/events/tile", "rm shop.tally/tree/tree-state",
    ] {
      #expect(tally.shell("cp -r shop.tally/tree kept && \(loss)").status == 0)
      if loss.contains("tile") { #expect(tally.shell("rm shop.tally/tree/events/items").status == 0) }
      #expect(try String(decoding: tally.bytes(of: checkpoint(tally, "again")), as: UTF8.self) == text, "\(loss)")
      #expect(tally.shell("rm -r shop.tally/tree && mv kept shop.tally/tree").status == 0)
    }
    for file in [plain, second] {
      let audit = tally.end([
        Tool.verify, tally.log, "--from-checkpoint", file, "--key", path(tally, "key.pub"), "--json",
      ])
      #expect(audit.status == 0, "\(audit.errors)")
    }
    // Signed or not: another root over events is not this log's.
    let root = try #require(text.split(separator: "\n").first { $0.hasPrefix("events ") }).split(separator: " ")[2]
    let other = try #require(text.split(separator: "\n").dropFirst(2).first)
    let file = try tally.file("altered", text.replacing(root, with: other))
    let found = tally.end([Tool.verify, tally.log, "--from-checkpoint", file, "--json"])
    #expect(found.status == 1 && found.object["verdict"] as? String == "inconsistent", "\(found.errors)")
  }

  @Test(
    "a checker written from the documents alone agrees, on proofs and on what is none",
    .enabled(if: StrangerTests.canRun, "python3 or liblz4 is missing"))
  func stranger() throws {
    let tally = try shop()
    _ = try checkpoint(tally, "first", "--events")
    var proofs = [String]()
    for arguments in [["order-1"], ["--event", "3"], ["--event", "7"]] {
      let made = tally.run(["prove"] + arguments)
      #expect(made.status == 0, "\(made.errors)")
      proofs += ProofStranger.variants(of: made.output, from: 5, every: 37)
    }
    let proven = try ProofStranger.judge(proofs, of: tally, key: path(tally, "key.pub"))
    #expect(proven >= 3 && proven < proofs.count / 4)
  }

  @Test(
    "the page says the same in a browser, of forgeries too; on a phone, in light and dark",
    .enabled(if: hasBrowser, "run Tools/setup-clients"))
  func page() throws {
    let tally = try shop()
    let first = try checkpoint(tally, "first", "--events")
    #expect(tally("prove", "order-1", "--out", path(tally, "event")).status == 0)
    #expect(tally("prove", "--event", "6", "--out", path(tally, "commit")).status == 0)
    #expect(tally("prove", "order-1", "--frame", "--out", path(tally, "frame")).status == 0)
    tally("receive", "tea=1")
    let second = try checkpoint(tally, "second")
    #expect(tally("prove", "--consistency", first, second, "--out", path(tally, "week")).status == 0)
    let key = path(tally, "key.secret")
    #expect(tally("prove", "--stock", "tea", "--key", key, "--out", path(tally, "stock")).status == 0)
    #expect(tally("key", "generate", "--origin", "shop.example/log", "--out", path(tally, "other")).status == 0)
    #expect(tally("prove", "--page", path(tally, "page.html")).status == 0)
    // TALLY_PICTURES=DIR keeps what it looks like.
    let pictures = getenv("TALLY_PICTURES").map { [String(cString: $0)] } ?? []
    let seen = tally.end(["python3", "-B", Self.folder + "proof_page.py", tally.directory.path] + pictures)
    #expect(seen.status == 0 && seen.lines.last == "proof page complete", "\(seen.output)\(seen.errors)")
  }
}
