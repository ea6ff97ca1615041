import Foundation
import TallyTestSupport
import Testing

/// What a user names as the place of a result must not cost the user what is there.
@Suite("Files that programs are told to write", .timeLimit(.minutes(60)))
struct OutputFileTests {
  private func shop() -> Tool {
    let tally = Tool.onShopWithKeys()
    #expect(tally("checkpoint", "--key", tally.path("key")).status == 0)
    return tally
  }

  @Test("are never the log's own, whatever links and dots lead there")
  func log() throws {
    let tally = shop()
    let segment = "\(tally.log)/segments/00000000000000000001.lz4"
    let before = try tally.bytes(of: segment)
    #expect(tally.shell("ln -s shop.tally/segments linked").status == 0)
    let (orders, map) = (try tally.file("orders.csv", "order\n"), try tally.file("orders.map.json", "{}"))
    let places = [
      segment, tally.path("linked/new"), "\(tally.log)/../\(tally.log.split(separator: "/").last ?? "")/new",
    ]
    for place in places {
      for arguments in [
        [Tool.verify, tally.log, "--report", place], [Tool.verify, tally.log, "--certificate", place],
        [Tool.verify, tally.log, "--remember", place + "-folder"],
        [Tool.tally, "prove", "order-1", "--log", tally.log, "--out", place],
        [Tool.tally, "prove", "--page", place, "--log", tally.log],
        [Tool.tally, "tiles", place + "-folder", "--log", tally.log],
        [Tool.tally, "import", orders, "--map", map, "--report", place, "--log", tally.log],
        [Tool.tally, "import", orders, "--map", map, "--report", place, "--dry-run", "--log", tally.log],
      ] {
        let ended = tally.end(arguments)
        #expect(ended.status == 64 && ended.errors.contains("is inside the log"), "\(arguments): \(ended.errors)")
      }
    }
    #expect(try tally.bytes(of: segment) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(tally.log)/segments").count == 1)
  }

  @Test("are never the keys that they are signed with")
  func keys() throws {
    let tally = shop()
    for (name, arguments) in [
      ("auditor", [Tool.verify, tally.log, "--auditor-key", tally.path("auditor"), "--certificate"]),
      ("auditor", [Tool.verify, tally.log, "--auditor-key", tally.path("auditor"), "--certificate", "c", "--report"]),
      ("key", [Tool.tally, "prove", "order-1", "--log", tally.log, "--key", tally.path("key"), "--out"]),
    ] {
      let before = try tally.bytes(of: tally.path(name))
      let ended = tally.end(arguments + [tally.path(name)])
      #expect(ended.status == 64 && ended.errors.contains("which would be lost"), "\(ended.errors)")
      #expect(try tally.bytes(of: tally.path(name)) == before)
    }
    let (orders, map) = (try tally.file("orders.csv", "order\n"), try tally.file("orders.map.json", "{}"))
    let pseudonyms = try tally.file("pseudonyms", String(repeating: "ab", count: 32))
    for kept in [orders, map, pseudonyms] {
      let before = try tally.bytes(of: kept)
      let ended = tally("import", orders, "--map", map, "--pseudonyms", pseudonyms, "--report", kept)
      #expect(ended.status == 64 && ended.errors.contains("which would be lost"), "\(ended.errors)")
      #expect(try tally.bytes(of: kept) == before)
    }
    let both = tally.end([Tool.verify, tally.log, "--report", tally.path("r"), "--certificate", tally.path("r")])
    #expect(both.status == 64)
  }

  @Test("are there whole or as they were, and a pipe is written into")
  func whole() throws {
    let tally = shop()
    let report = tally.path("report.html")
    #expect(tally.shell("printf before > report.html && ln -s report.html link.html").status == 0)
    #expect(tally.end([Tool.verify, tally.log, "--report", tally.path("link.html")]).status == 0)
    #expect(try String(decoding: tally.bytes(of: report), as: UTF8.self).hasSuffix("</html>\n"))
    #expect(tally.shell("test -L link.html && ! ls *.unfinished").status == 0)
    // Nothing can be made beside it.
    let kept = try tally.bytes(of: report)
    let full = tally.end([Tool.verify, tally.log, "--report", "/dev/full"])
    #expect(full.status == 74 && full.errors.contains("cannot write /dev/full"), "\(full.errors)")
    let nowhere = tally.end([Tool.verify, tally.log, "--report", tally.path("none/report.html")])
    #expect(nowhere.status == 74 && nowhere.errors.contains("cannot make"), "\(nowhere.errors)")
    #expect(try tally.bytes(of: report) == kept)
    let piped = tally.shell("\(Tool.tally) prove order-1 --log \(tally.log) --out /dev/stdout | cat")
    #expect(piped.status == 0 && piped.output.hasPrefix("{"), "\(piped.errors)")
  }

  @Test("and standard output that takes nothing is an error of its own, not a verdict")
  func standardOutput() {
    let tally = shop()
    #expect(tally("prove", "order-1", "--out", tally.path("proof")).status == 0)
    let ended = tally.shell("\(Tool.verify) proof proof --key key.pub > /dev/full")
    #expect(ended.status == 74 && ended.errors.contains("cannot write to standard output"), "\(ended.errors)")
    let other = tally.end([
      Tool.verify, "proof", tally.path("proof"), "--key", tally.path("key.pub"), "--log", "/none",
    ])
    #expect(other.status == 64 && other.errors.contains("--log goes with"), "\(other.errors)")
  }

  @Test("a memory whose text is gone is told")
  func bereft() {
    let tally = shop()
    let verify = [Tool.verify, tally.log, "--remember", tally.path("memory")]
    #expect(tally.end(verify).errors.isEmpty)
    #expect(tally.shell("rm memory/remembered").status == 0)
    let again = tally.end(verify)
    #expect(again.status == 0 && again.errors.contains("is judged from its beginning"), "\(again.errors)")
    #expect(tally.end(verify).errors.isEmpty)
  }
}
