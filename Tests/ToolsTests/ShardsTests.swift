import Foundation
import TallyTestSupport
import Testing

@Suite("tally on a shop of several shards", .timeLimit(.minutes(10)))
struct ShardsTests {
  private func sale() -> Tool {
    let tally = Tool.onNewLog("--shards", "4")
    for sku in ["tea", "cup", "pot", "sku-1"] { #expect(tally("receive", "\(sku)=10").status == 0) }
    return tally
  }

  @Test("a small sale, to the auditor's word")
  func whole() {
    let tally = sale()
    // tea and cup are in different shards: the format document's vectors.
    #expect(tally("reserve", "o-1", "tea=2", "cup=1", "--ttl", "15m").status == 0)
    let status = tally("show", "o-1", "--json").object
    #expect(status["state"] as? String == "open")
    #expect((status["parts"] as? [Any])?.count == 2)
    #expect(tally("commit", "o-1").status == 0)
    #expect(tally("reserve", "o-2", "tea=9", "cup=1").status == 1)
    let answer = tally("reserve", "o-3", "tea=1", "--json").object
    #expect(answer["status"] as? String == "accepted")
    #expect(answer["shard"] as? Int == 1)
    #expect(tally.onHand("tea") == 8)
    #expect(tally("stock", "--json").objects.count == 4)
    #expect(tally("events", "--shard", "1").lines.count > 3)
    #expect((tally("info", "--json").object["logs"] as? [Any])?.count == 4)
    #expect(tally("info").status == 0 && tally("show", "o-1").status == 0 && tally("stock").status == 0)
    let report = tally.end([Tool.verify, tally.log, "--json"])
    #expect(report.status == 0)
    #expect(report.object["verdict"] as? String == "proven")
    #expect((report.object["carts"] as? [String: Any])?["sold"] as? Int == 1)
    #expect((report.object["logs"] as? [Any])?.count == 4)
    #expect(tally.end([Tool.verify, tally.log]).output.hasPrefix("PROVEN  4 shards"))
  }

  @Test("takes bulk, and a retry of it happens once")
  func bulk() {
    let tally = Tool.onNewLog("--shards", "3")
    var lines = (0..<12).map { Lines.receive(5, "sku-\($0)", key: "po-\($0)") }.joined()
    for order in 0..<12 {
      lines +=
        #"{"op":"reserve","id":"o-\#(order)","lines":[{"sku":"sku-\#(order)","qty":1},"#
        + #"{"sku":"sku-\#((order + 5) % 12)","qty":1}]}"# + "\n"
    }
    let first = tally("append", input: lines)
    #expect(first.status == 0, "\(first.output) \(first.errors)")
    let second = tally("append", input: lines)
    #expect(second.status == 0)
    #expect(second.objects.allSatisfy { $0["status"] as? String == "repeated" })
    #expect(tally.verdict() == "proven")
  }

  @Test("refuses in words, and with exit 64, what is one log's affair")
  func refusals() {
    let tally = sale()
    for arguments in [
      ["stock", "--at", "3"], ["events"], ["export", "--format", "jsonl"], ["holds"], ["queue", "tea"], ["consumers"],
      ["receive", "tea=1", "cup=1"], ["reserve", "w", "tea=99", "cup=1", "--wait-in-line", "forever"],
      ["snapshot", "list"], ["prove", "o-1"], ["events", "--shard", "9"], ["serve", "--shards", "3"],
      ["receive", "tea=1", "--log", tally.log + "/shard-0001"], ["init", "--shards", "0", "--log", tally.log + "-new"],
    ] {
      let answer = tally.run(arguments)
      #expect(answer.status == 64, "\(arguments): \(answer.errors)")
      #expect(answer.errors.contains("shard"), "\(arguments): \(answer.errors)")
    }
    #expect(tally("stock", "tea", "--log", tally.log + "/shard-0001").status == 0)
    #expect(tally.end([Tool.verify, tally.log, "--report", "x.html"]).status == 64)
  }

  @Test("refuses a map that was cut or is newer, and a shard that is missing")
  func damagedMap() throws {
    let tally = sale()
    let map = tally.log + "/shards"
    let bytes = try tally.bytes(of: map)
    try Tool.write(Array(bytes.dropLast(9)), to: map)
    #expect(tally("stock").status == 65)
    #expect(tally.end([Tool.verify, tally.log]).status == 65)
    try Tool.write(Array("tally shards 2\n".utf8), to: map)
    #expect(tally("receive", "tea=1").says("format version 2"))
    try Tool.write(bytes, to: map)
    #expect(tally("stock").status == 0)
    #expect(tally.shell("mv shop.tally/shard-0002 away").status == 0)
    #expect(tally("stock").status != 0 && tally("receive", "tea=1").status != 0)
    #expect(tally.end([Tool.verify, tally.log]).status == 65)
  }
}

extension Tool {
  fileprivate static func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
}
