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
