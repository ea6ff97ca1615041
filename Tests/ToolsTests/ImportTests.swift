import Foundation
import TallyTestSupport
import Testing

@Suite("tally import", .timeLimit(.minutes(60)))
struct ImportCommandTests {
  static let map = #"""
    {"columns":{"document":"doc","sku":"sku","quantity":"qty","time":"when","customer":"who"},
     "time_format":"%Y-%m-%d %H:%M",
     "documents":[{"prefix":"D","positive":"receive","negative":"write-off"},{"prefix":"","positive":"order","negative":"return"}]}
    """#

  static func csv(_ rows: String) -> String { "doc,sku,qty,when,who\n" + rows }

  @Test("a file's documents become commands; running it again does only what is missing")
  func twice() throws {
    let tally = Tool.onNewLog()
    let map = try tally.file("map.json", Self.map)
    let file = try tally.file(
      "shop.csv", Self.csv("D1,tea,10,2026-01-01 10:00,\n7,tea,2,2026-01-02 10:00,c\n8,tea,-1,2026-01-03 10:00,c\n"))
    let first = tally("import", file, "--map", map, "--json")
    #expect(first.status == 0 && first.object["rows"] as? Int == 3 && first.object["accepted"] as? Int == 3)
    #expect(tally.onHand("tea") == 9)
    let again = tally("import", file, "--map", map, "--json")
    #expect(again.status == 0 && again.object["repeated"] as? Int == 3)
    #expect(tally.onHand("tea") == 9 && tally.verdict() == "proven")
    #expect(tally("import", file, "--map", map).output.contains("repeated"))
  }

  @Test("a row that is wrong is named by its line and why, and the rest goes on")
  func malformed() throws {
    let tally = Tool.onNewLog()
    let map = try tally.file("map.json", Self.map)
    let bytes =
      Array(
        Self.csv(
          "D1,tea,10,2026-01-01 10:00,\n7,tea,1.5,2026-01-02 10:00,\n8,tea\n9,\"te\"a,1,2026-01-02 10:00,\n"
            + "10,tea,99999999999999999999,2026-01-02 10:00,\n11,tea,1,yesterday,\n12,t"
        ).utf8)
      + [0xFF] + Array("a,1,2026-01-02 10:00,\n13,tea,1,2026-01-03 10:00,\n".utf8)
    let result = tally("import", try tally.file("shop.csv", bytes), "--map", map, "--json")
    #expect(result.status == 65)
    for line in 3...8 { #expect(result.errors.contains("line \(line)"), "line \(line): \(result.errors)") }
    #expect(result.object["accepted"] as? Int == 2)
    #expect(tally("show", "13", "--json").object["state"] as? String == "committed")
    #expect(tally.onHand("tea") == 9)
  }

  @Test("a dry run answers like the real thing and leaves every byte of the log as it is")
  func dryRun() throws {
    let tally = Tool.onNewLog()
    let map = try tally.file("map.json", Self.map)
    let file = try tally.file("shop.csv", Self.csv("D1,tea,10,2026-01-01 10:00,\n7,tea,2,2026-01-02 10:00,c\n"))
    _ = tally("receive", "cup=1")
    let before = tally.shell("cd \(tally.log) && find . -type f | sort | xargs sha256sum").output
    let later = try tally.file("later.csv", Self.csv("D1,tea,10,2999-01-01 10:00,\n"))
    #expect(tally("import", later, "--map", map, "--dry-run").status == 1)
    let dry = tally("import", file, "--map", map, "--dry-run", "--json")
    #expect(dry.object["dry_run"] as? Bool == true && dry.says("nothing was written"))
    #expect(tally.shell("cd \(tally.log) && find . -type f | sort | xargs sha256sum").output == before)
    let real = tally("import", file, "--map", map, "--json")
    #expect(real.object["accepted"] as? Int == dry.object["accepted"] as? Int && real.status == dry.status)
    #expect(real.object["last_seq"] as? Int == dry.object["last_seq"] as? Int)
  }

  @Test("the reason that costs most rows comes first, and the report has every row that was left out")
  func reasons() throws {
    let tally = Tool.onNewLog()
    let map = try tally.file("map.json", Self.map)
    let noCode = String(repeating: "1,,5,2026-01-02 10:00,\n", count: 21)
    let long = (1...4200).map { "2,S\($0),5,2026-01-02 10:00,\n" }.joined()
    let path = "\(tally.directory.path)/left-out.csv"
    let result = tally(
      "import", try tally.file("list.csv", Self.csv(noCode + long)), "--map", map, "--report", path, "--json")
    #expect(result.status == 65)
    #expect(
      result.errors.hasPrefix("tally: 4200 rows: a document has more than 4096 items"), "\(result.errors.prefix(200))")
    let rows = tally.shell("cat \(path)").lines
    #expect(rows.count == 4222 && rows[1].hasPrefix("2,1,\"\"\"sku\"\" is empty\""), "\(rows.prefix(3))")
  }

  @Test("mappings that are there already are listed and used by name; one is proposed for a file")
  func readyMappings() throws {
    let tally = Tool.onNewLog()
    #expect(tally("import", "--list-maps").says("shopify-orders"))
    let list = try tally.file("sources.csv", "source_code,sku,status,quantity\nA,tea,1,8.0000\nB,tea,1,5.0000\n")
    let proposal = tally("import", list, "--propose")
    #expect(proposal.status == 0 && proposal.says("--map magento-sources"))
    #expect(tally("import", list, "--map", "magento-sources").status == 0)
    #expect(tally.onHand("tea@A") == 8)
    let odd = try tally.file("odd.csv", "Order No;Artikelnummer;Menge;Datum;Status\n1;tea;2,0;02.01.2026;paid\n")
    let guess = tally("import", odd, "--propose")
    #expect(guess.says("say what each \"Status\" means"))
    #expect(
      tally("import", odd, "--map", try tally.file("guess.json", guess.output), "--dry-run").says(
        "insufficient", "unknown-item"))
  }

  @Test("customers are replaced by the same pseudonym in imports, reservations and bulk")
  func pseudonyms() throws {
    let tally = Tool.onNewLog()
    let key = try tally.file("key", "0123456789abcdef0123\n")
    let map = try tally.file("map.json", Self.map)
    let file = try tally.file("shop.csv", Self.csv("D1,tea,10,2026-01-01 10:00,\n7,tea,2,2026-01-02 10:00,ann\n"))
    #expect(tally("import", file, "--map", map, "--pseudonyms", key).status == 0)
    #expect(tally("reserve", "8", "tea=1", "--customer", "ann", "--pseudonyms", key).status == 0)
    let line = try tally.file("c.jsonl", #"{"op":"reserve","id":"9","lines":[{"sku":"tea","qty":1}],"customer":"ann"}"#)
    #expect(tally("append", line, "--pseudonyms", key).status == 0)
    let names = ["7", "8", "9"].map { tally("show", $0, "--json").object["customer"] as? String }
    #expect(Set(names).count == 1 && names[0]?.utf8.count == 64)
    #expect(!tally("events", "--json").says("ann"))
    #expect(tally("reserve", "8", "tea=1", "--customer", "ann", "--pseudonyms", "/nowhere").status == 74)
    #expect(tally("import", file, "--map", map, "--pseudonyms", try tally.file("short", "x")).status == 65)
  }

  @Test("a missing file, a directory, a bad mapping and a missing column say what and where")
  func refused() throws {
    let tally = Tool.onNewLog()
    let map = try tally.file("map.json", Self.map)
    let file = try tally.file("shop.csv", Self.csv(""))
    let other = try tally.file("other.csv", "a,b\n1,2\n")
    let bad = try tally.file("bad.json", #"{"columns":{}}"#)
    let broken = try tally.file("broken.json", "{")
    for (arguments, status, text) in [
      (["/nowhere.csv", "--map", map], 74, "/nowhere.csv"), ([file, "--map", "/nowhere.json"], 74, "/nowhere.json"),
      ([tally.directory.path, "--map", map], 74, tally.directory.path), ([file, "--map", bad], 65, bad),
      ([file, "--map", broken], 65, broken), ([other, "--map", map], 65, "doc"), ([file], 64, "--map"),
    ] as [([String], Int32, String)] {
      let result = tally.run(["import"] + arguments)
      #expect(result.status == status && result.says(text), "\(arguments): \(result)")
    }
    #expect(tally.lastSequence == 0)
  }
}
