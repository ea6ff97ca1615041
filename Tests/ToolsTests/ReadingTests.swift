import Foundation
import Testing

@Suite("tally's questions and upkeep")
struct ReadingTests {
  func sale() -> Tool {
    let tally = Tool.onNewLog()
    tally("receive", "tea=10", "cup@berlin=5")
    tally("reserve", "a", "tea=2", "--ttl", "1h")
    tally("commit", "a", "--key", "k")
    return tally
  }

  @Test("a stranger who adds up the exported changes gets the stock")
  func foldsExport() {
    let tally = sale()
    tally("adjust", "tea", "--to", "4", "--reason", "count")
    tally("transfer", "tea=1", "--from", "main", "--to", "berlin")
    tally("return", "cup@berlin=2")
    var onHand: [String: Int] = [:]
    for event in tally("events", "--json").objects {
      for line in event["lines"] as? [[String: Any]] ?? [] {
        guard let sku = line["sku"] as? String, let location = line["location"] as? String,
          let change = line["on_hand"] as? Int
        else { continue }
        onHand["\(sku)@\(location)", default: 0] += change
      }
    }
    #expect(onHand == ["tea@main": 3, "tea@berlin": 1, "cup@berlin": 7])
    #expect(tally("stock", "tea@berlin", "--json").object["on_hand"] as? Int == 1)
  }

  @Test("events are filtered by range, item and id")
  func filters() {
    let tally = sale()
    #expect(tally("events", "--json").objects.count == 5)
    #expect(tally("events", "--from", "2", "--to", "4", "--json").objects.count == 3)
    #expect(tally("events", "--sku", "cup", "--json").objects.count == 2)
    let types = tally("events", "--id", "a", "--json").objects.compactMap { $0["type"] as? String }
    #expect(types == ["reserved", "committed"])
    #expect(tally("events", "--id", "k", "--json").object["type"] as? String == "committed")
  }

  @Test("--follow shows what another process appends and ends well on Ctrl-C")
  func follows() {
    let tally = sale()
    let follower = tally.start(["events", "--follow", "--json", "--from", "5"])
    #expect(follower.nextLine()?.contains(#""seq":5"#) == true)
    tally("receive", "tea=1")
    #expect(follower.nextLine()?.contains(#""seq":6"#) == true)
    kill(follower.process.processIdentifier, SIGINT)
    #expect(follower.finish().code == 0)
  }

  @Test("a reader that has seen enough ends events without a word")
  func closedPipe() {
    let tally = sale()
    let lines = (1...5000).map { #"{"op":"receive","lines":[{"sku":"tea","qty":1}],"key":"\#($0)"}"# }
    tally("append", input: lines.joined(separator: "\n"))
    let running = tally.start(["events", "--json"])
    _ = running.nextLine()
    try? running.output.fileHandleForReading.close()
    running.process.waitUntilExit()
    #expect(running.process.terminationStatus == 0)
  }

  @Test("stock at a time is the stock after the last event not later")
  func stockAtTime() {
    let tally = Tool.onNewLog()
    for (time, quantity) in [(1_000_000_000_123, 1), (1_000_000_000_124, 2)] {
      tally("append", input: #"{"op":"receive","lines":[{"sku":"t","qty":\#(quantity)}],"time_ms":\#(time)}"#)
    }
    #expect(tally("stock", "t", "--at", "2001-09-09T01:46:40.122Z").code == 1)
    #expect(tally("stock", "t", "--json", "--at", "2001-09-09T01:46:40.123Z").object["on_hand"] as? Int == 1)
    #expect(tally("stock", "t", "--json", "--at", "2001-09-09T03:46:40.123+02:00").object["on_hand"] as? Int == 1)
    #expect(tally("stock", "t", "--json", "--at", "2001-09-09T01:46:40.124Z").object["on_hand"] as? Int == 3)
    #expect(tally("events").output.contains("2001-09-09T01:46:40.123Z"))
  }

  @Test("info names the log's vital figures")
  func info() {
    let info = sale()("info", "--json").object
    for key in [
      "log", "last_seq", "head_hash", "state_digest", "first_seq", "last_time_ms", "epoch", "segments", "snapshots",
      "items", "open_reservations", "bytes", "torn_bytes", "format_version", "segment_size", "snapshot_every",
    ] {
      #expect(info[key] != nil, "\(key)")
    }
    #expect(info["last_seq"] as? Int == 5)
  }

  @Test("snapshots are rebuilt, listed and checked; a spoilt one is found out")
  func snapshots() throws {
    let tally = sale()
    let made = tally("snapshot", "rebuild", "--json").object
    #expect(made["seq"] as? Int == 5)
    #expect(tally("snapshot", "list", "--json").objects.count == 1)
    #expect(tally("snapshot", "check").code == 0)
    let path = try #require(made["path"] as? String)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(tally("snapshot", "check").code == 1)
    #expect(tally("stock", "tea", "--json").object["on_hand"] as? Int == 8)
  }

  @Test("a torn tail is shown, cut, and gone")
  func repairs() throws {
    let tally = sale()
    let info = tally("info", "--json").object
    let segment = try #require((info["segments"] as? [[String: Any]])?.first)
    let offset = try #require(segment["used_bytes"] as? Int)
    let file = try #require(
      FileHandle(forUpdatingAtPath: tally.log + "/segments/\(segment["name"] as? String ?? "")"))
    try file.seek(toOffset: UInt64(offset))
    file.write(Data(repeating: 0x55, count: 10))
    try file.close()
    let seen = tally("repair", "--dry-run", "--json").object
    #expect(seen["torn_bytes"] as? Int == 10 && seen["truncated"] as? Bool == false)
    #expect(tally("repair", "--truncate-torn-tail", "--json").object["truncated"] as? Bool == true)
    #expect(tally("repair", "--dry-run", "--json").object["torn_bytes"] as? Int == 0)
    #expect(tally("stock", "tea", "--json").object["on_hand"] as? Int == 8)
  }

  @Test("a backup is a log with the same head")
  func backup() {
    let tally = sale()
    let copy = tally.directory.path + "/copy.tally"
    #expect(tally("backup", copy, "--json").object["last_seq"] as? Int == 5)
    let head = tally("info", "--json").object["head_hash"] as? String
    #expect(tally("info", "--json", "--log", copy).object["state_digest"] != nil)
    #expect(tally("info", "--json", "--log", copy).object["head_hash"] as? String == head)
    #expect(tally("backup", copy).code == 64)
  }

  @Test("a damaged log and a newer format are refused with 65")
  func damage() throws {
    let tally = sale()
    let path = tally.log + "/segments/00000000000000000001.lz4"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    var bytes = whole
    bytes[200] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(tally("stock").code == 65)
    #expect(tally("receive", "tea=1").code == 65)
    bytes = whole
    bytes[16] = 2
    try bytes.write(to: URL(fileURLWithPath: path))
    let newer = tally("stock")
    #expect(newer.code == 65 && newer.errors.contains("format version 2"))
  }
}
