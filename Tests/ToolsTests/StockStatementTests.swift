import TallyTestSupport
import Testing

@Suite("tally prove --stock, and tally-verify", .timeLimit(.minutes(60)))
struct StockStatementTests {
  private func shop() -> Tool {
    let tally = Tool.onNewLog()
    tally("receive", "tea=20", "cup@berlin=5")
    tally("reserve", "order-1", "tea=3")
    tally("floor", "tea", "2")
    tally("reserve", "order-2", "tea=4", "cup@berlin=5")
    #expect(tally("key", "generate", "--origin", "shop.example/log", "--out", path(tally, "key")).status == 0)
    return tally
  }

  private func path(_ tally: Tool, _ name: String) -> String { tally.directory.path + "/" + name }

  private func state(_ tally: Tool, _ item: String, _ more: String...) throws -> String {
    let made = tally.end(
      [Tool.tally, "prove", "--stock", item, "--log", tally.log, "--out", path(tally, "statement")] + more)
    #expect(made.status == 0, "\(made.errors)")
    return try String(decoding: tally.bytes(of: path(tally, "statement")), as: UTF8.self)
  }

  private func check(_ tally: Tool, _ file: String, _ more: String...) -> RunningProgram.Ended {
    tally.end([Tool.verify, "proof", file, "--key", path(tally, "key.pub"), "--json"] + more)
  }

  @Test("a signed stock is somebody's word without the log, and proven with it, now and then")
  func proven() throws {
    let tally = shop()
    _ = try state(tally, "tea", "--key", path(tally, "key"))
    let word = check(tally, path(tally, "statement"))
    #expect(word.status == 0 && word.object["verdict"] as? String == "signed", "\(word.errors)")
    #expect(word.object["available"] as? Int == 11 && word.object["held"] as? Int == 7)
    let proven = check(tally, path(tally, "statement"), "--log", tally.log)
    #expect(proven.status == 0 && proven.object["verdict"] as? String == "proven", "\(proven.errors)")
    for (sequence, item, available) in [(3, "tea", 20), (4, "tea", 17), (5, "tea", 15), (5, "cup@berlin", 5)] {
      _ = try state(tally, item, "--at", "\(sequence)", "--key", path(tally, "key"))
      let then = check(tally, path(tally, "statement"), "--log", tally.log)
      #expect(then.object["verdict"] as? String == "proven", "\(then.errors)")
      #expect(then.object["available"] as? Int == available && then.object["seq"] as? Int == sequence)
    }
    // What comes later changes nothing about it.
    tally("reserve", "order-3", "tea=1")
    #expect(check(tally, path(tally, "statement"), "--log", tally.log).status == 0)
  }

  @Test("without a key of its own a stock stands under the last checkpoint, and only the log can show it")
  func unsigned() throws {
    let tally = shop()
    #expect(tally("checkpoint", "--key", path(tally, "key")).status == 0)
    _ = try state(tally, "tea")
    let word = check(tally, path(tally, "statement"))
    #expect(word.status == 1 && word.errors.contains("--log"))
    let proven = check(tally, path(tally, "statement"), "--log", tally.log)
    #expect(proven.status == 0 && proven.object["signed"] as? Bool == false)
    tally("receive", "tea=1")
    let late = tally("prove", "--stock", "tea", "--at", "7")
    #expect(late.status == 1 && late.errors.contains("newer checkpoint"), "\(late.errors)")
  }

  @Test("figures that were altered, are of another log, or were never true are found out")
  func refuted() throws {
    let tally = shop()
    let signed = try state(tally, "tea", "--key", path(tally, "key"))
    for (old, new) in [
      ("\"held\":7", "\"held\":6"), ("\"on_hand\":20", "\"on_hand\":21"), ("\"seq\":6", "\"seq\":5"),
      ("\"sku\":\"tea\"", "\"sku\":\"cup\""), ("held 7\\n", "held 6\\n"),
    ] {
      var forged = signed.replacing(old, with: new)
      if old.hasPrefix("\"held") { forged = forged.replacing("\"available\":11", with: "\"available\":12") }
      if old.hasPrefix("\"on") { forged = forged.replacing("\"available\":11", with: "\"available\":12") }
      #expect(forged != signed)
      #expect(check(tally, try tally.file("forged", forged)).status == 1, "\(old)")
    }
    #expect(check(tally, try tally.file("none", signed.replacing("\"held\":7", with: "\"held\":-7"))).status == 65)
    #expect(check(tally, try tally.file("none", signed.replacing("\"held\":7", with: "\"held\":6"))).status == 65)
    // Unsigned and never true: the log says so.
    _ = tally("checkpoint", "--key", path(tally, "key"))
    let plain = try state(tally, "tea")
    let lie = plain.replacing("\"held\":7", with: "\"held\":6").replacing("\"available\":11", with: "\"available\":12")
    let found = check(tally, try tally.file("lie", lie), "--log", tally.log)
    #expect(found.status == 1 && found.object["verdict"] as? String == "inconsistent")
    // Another log.
    let other = shop()
    let strange = check(tally, path(tally, "statement"), "--log", other.log)
    #expect(strange.status == 1 && strange.object["verdict"] as? String == "inconsistent")
    #expect(check(tally, path(tally, "statement"), "--log", path(tally, "nothing")).status == 65)
    #expect(tally("prove", "--stock", "coffee", "--key", path(tally, "key")).status == 1)
    #expect(tally("prove", "--stock", "tea", "order-1").status == 64)
    #expect(tally("prove", "order-1", "--at", "3").status == 64)
  }

  @Test(
    "a checker written from the documents alone agrees, with the log and without it, and on forgeries",
    .enabled(if: StrangerTests.canRun, "python3 or liblz4 is missing"))
  func stranger() throws {
    let tally = shop()
    let key = path(tally, "key")
    let first = try state(tally, "tea", "--at", "4", "--key", key)
    tally("receive", "tea=1")
    let signed = try state(tally, "tea", "--at", "6", "--key", key)
    let others = [
      first, try state(tally, "cup@berlin", "--key", key), try state(tally, "tea", "--at", "4", "--key", key),
    ]
    let unsigned = try state(tally, "tea", "--at", "6")
    let forgeries = [
      // Other figures, another event, another item, another root, another signature.
      signed.replacing("\"held\":7", with: "\"held\":6").replacing("\"available\":11", with: "\"available\":12"),
      signed.replacing("\"seq\":6", with: "\"seq\":5"), signed.replacing("\"sku\":\"tea\"", with: "\"sku\":\"cup\""),
      signed.replacing("\"time_ms\":1", with: "\"time_ms\":2"),
      signed.replacing("\"floor\":2", with: "\"floor\":\"2\""),
      signed.replacing("\"floor\":2", with: "\"floor\":true"),
      signed.replacing("\"on_hand\":20", with: "\"on_hand\":20.0"),
      signed.replacing("\"available\":11", with: "\"available\":-11"), try spliced(signed, first, "checkpoint"),
      try spliced(signed, first, "statement"), try spliced(signed, others[1], "statement"),
      // The same in other letters, cut, and with something behind it.
      String(signed.dropLast(40)), String(signed.dropLast(2)), signed + " ", signed + "x", signed + signed,
      signed.replacing("\"statement\":\"", with: "\"statement\":\" "), signed.replacing("\\n\"", with: "\\n\\n\""),
    ]
    for log in [nil, tally.log] {
      let honest = try ProofStranger.judge([signed] + others, of: tally, key: path(tally, "key.pub"), log: log)
      #expect(honest == 4)
      #expect(
        try ProofStranger.judge([unsigned], of: tally, key: path(tally, "key.pub"), log: log) == (log == nil ? 0 : 1))
    }
    // A blank behind it is no other statement.
    #expect(try ProofStranger.judge(forgeries, of: tally, key: path(tally, "key.pub")) == 1)
    // Unsigned, and nowhere true.
    let lies = [
      unsigned.replacing("\"held\":7", with: "\"held\":6").replacing("\"available\":11", with: "\"available\":12"),
      unsigned.replacing("\"seq\":6", with: "\"seq\":5"), unsigned.replacing("\"changed\":6", with: "\"changed\":5"),
      unsigned.replacing("\"sku\":\"tea\"", with: "\"sku\":\"cup\""),
    ]
    #expect(lies.allSatisfy { $0 != unsigned })
    #expect(try ProofStranger.judge(lies, of: tally, key: path(tally, "key.pub"), log: tally.log) == 0)
    let other = shop()
    #expect(try ProofStranger.judge([signed], of: tally, key: path(tally, "key.pub"), log: other.log) == 0)
    let variants = ProofStranger.variants(of: signed, from: 3, every: 151)
    #expect(try ProofStranger.judge(variants, of: tally, key: path(tally, "key.pub")) < variants.count / 4)
  }

  /// A statement with one member of another.
  private func spliced(_ statement: String, _ other: String, _ member: String) throws -> String {
    func value(_ text: String) throws -> String {
      let start = try #require(text.firstRange(of: "\"\(member)\":\"")).upperBound
      let end = try #require(text[start...].firstIndex(of: "\""))
      return String(text[start..<end])
    }
    return statement.replacing(try value(statement), with: try value(other))
  }
}
