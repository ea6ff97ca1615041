import Foundation
import TallyTestSupport
import Testing

@Suite("Logs that end before what they have acknowledged", .timeLimit(.minutes(60)))
struct CutLogTests {
  /// Everything that comes to the log's end.
  static let endings = [
    ["stock"], ["stock", "tea"], ["events"], ["export", "--format", "csv"], ["info"], ["show", "none"],
    ["snapshot", "check"], ["snapshot", "rebuild"], ["backup", "copy.tally"], ["repair", "--dry-run"],
    ["receive", "tea=1"],
  ]

  /// A log of three segments' worth of orders, closed, of which the last segment is then gone.
  private func cutLog() throws -> (tool: Tool, kept: Int) {
    let tally = Tool.onNewLog("--segment-size", "64KiB")
    let orders = (1...9_000).map { Lines.reserve("order-\($0)-\(UInt64($0) &* 0x9E37_79B9_7F4A_7C15)") }
    #expect(tally("append", input: Lines.receive(1_000_000) + orders.joined()).status == 0)
    let segments = tally.shell("cd shop.tally/segments; ls").lines
    let last = try #require(segments.last)
    #expect(segments.count >= 3)
    #expect(tally.shell("rm shop.tally/segments/\(last)").status == 0)
    return (tally, try #require(Int(last.prefix(20))) - 1)
  }

  @Test("whoever comes to the end of a log whose last segment is gone says so, with 65")
  func lastSegmentGone() throws {
    let (tally, kept) = try cutLog()
    for arguments in Self.endings {
      let result = tally.end(["bash", "-c", "cd '\(tally.directory.path)'; exec \"$@\"", "-", Tool.tally] + arguments)
      #expect(result.status == 65, "\(arguments): \(result.status) \(result.errors)")
      #expect(result.says("event 9002 was acknowledged", "ends at event \(kept)"), "\(arguments): \(result.errors)")
    }
    #expect(tally.verdict() == "damaged")
    // What was copied is no log, and what lies before the loss can still be read.
    #expect(tally.verdict(of: tally.directory.path + "/copy.tally") == "damaged")
    #expect(tally("stock", "tea", "--at", "1000", "--json").object["held"] as? Int == 998)
    #expect(tally("events", "--to", "1000", "--json").objects.count == 1000)
    // The loss accepted, it is a log again.
    #expect(tally.shell("rm shop.tally/floor; $tally receive tea=1").status == 0)
    #expect(tally.verdict() == "proven")
  }

  @Test("a log that ends before one of its snapshots is damaged, not the snapshot")
  func endsBeforeSnapshot() throws {
    let (tally, kept) = try cutLog()
    #expect(tally.shell("rm shop.tally/floor; cp -r shop.tally/segments cut").status == 0)
    let orders = (1...kept).map { Lines.reserve("more-\($0)") }
    #expect(tally("append", input: orders.joined()).status == 0)
    #expect(tally("snapshot", "rebuild").status == 0)
    #expect(tally.shell("rm -r shop.tally/floor shop.tally/segments; mv cut shop.tally/segments").status == 0)
    for arguments in [["stock"], ["snapshot", "check"], ["receive", "tea=1"]] {
      let result = tally.run(arguments)
      #expect(result.status == 65, "\(arguments): \(result)")
      #expect(result.errors.contains("the snapshot of event \(2 * kept) is newer than the log"), "\(result.errors)")
    }
  }

  @Test("a snapshot under a later event's name is passed over: the name proves nothing")
  func misnamedSnapshot() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=5")
    #expect(tally("snapshot", "rebuild").status == 0)
    let copied = tally.shell("cd shop.tally/snapshots; cp 00000000000000000002.snapshot 00000000000000000009.snapshot")
    #expect(copied.status == 0)
    let read = tally("stock", "tea", "--json")
    #expect(read.object["on_hand"] as? Int == 5 && read.says("is of event 2, not as its name says"))
    #expect(tally("receive", "tea=1").status == 0)
    #expect(tally.verdict() == "inconsistent")
    let check = tally("snapshot", "check")
    #expect(check.status == 1 && check.errors.contains("00000000000000000009.snapshot"))
  }

  @Test(
    "a floor file of a wrong size is named as it is, and replaced by the next writer", arguments: [1, 111, 113, 5000])
  func floorOfWrongSize(size: Int) throws {
    let tally = Tool.onNewLog()
    tally("receive", "tea=5")
    #expect(tally.shell("truncate -s \(size) shop.tally/floor").status == 0)
    let read = tally("stock", "tea", "--json")
    #expect(read.status == 0 && read.says("floor is not used", size > 112 ? "more than 112 bytes" : "\(size) bytes"))
    #expect(tally.verdict() == "damaged")
    let healed = tally("receive", "tea=1")
    #expect(healed.status == 0 && healed.says("floor is not used"))
    #expect(try tally.bytes(of: tally.log + "/floor").count == 112)
    #expect(tally.verdict() == "proven")
    #expect(tally("stock").errors.isEmpty)
  }
}
