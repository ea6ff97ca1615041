import TallyTestSupport
import Testing

@Suite("tally and those who wait in line", .timeLimit(.minutes(60)))
struct WaitingToolTests {
  /// Ten of x, all of them held by the first.
  private func soldOut() -> Tool {
    let tally = Tool.onNewLog()
    tally("receive", "x=10")
    tally("reserve", "first", "x=10")
    return tally
  }

  @Test("an order beyond what there is waits, and is filled when the goods come")
  func backorder() {
    let tally = Tool.onNewLog()
    tally("receive", "x=10")
    let answer = tally("reserve", "o1", "x=15", "--wait", "--json")
    #expect(answer.status == 0)
    #expect(answer.object["status"] as? String == "accepted" && answer.object["state"] as? String == "waiting")
    #expect(tally("show", "o1", "--json").object["state"] as? String == "waiting")
    #expect(tally.onHand("x") == 10)
    tally("receive", "x=5")
    let story = tally("show", "o1", "--json").object
    #expect(story["state"] as? String == "open" && story["filled_ms"] is Int)
    #expect((story["events"] as? [[String: Any]])?.map { $0["type"] as? String } == ["waiting", "filled"])
    #expect(tally("commit", "o1").status == 0 && tally.onHand("x") == 0)
    #expect(tally.verdict() == "proven")
  }

  @Test("goods on order are promised before they arrive, first come, first served")
  func preorder() {
    let tally = soldOut()
    tally("reserve", "pre-1", "x=6", "--wait=7d", "--customer", "c-1")
    tally("reserve", "pre-2", "x=3", "--wait")
    tally("reserve", "pre-3", "x=1", "--wait=7d", "--ttl", "1h")
    let line = tally("queue", "x", "--json").objects
    #expect(line.map { $0["id"] as? String } == ["pre-1", "pre-2", "pre-3"])
    #expect(line.map { $0["place"] as? Int } == [1, 2, 3] && line.map { $0["units_before"] as? Int } == [0, 6, 9])
    #expect(line[0]["waits_until_ms"] is Int && line[1]["waits_until_ms"] == nil)
    #expect(tally("queue", "x", "--id", "pre-2", "--json").object["place"] as? Int == 2)
    #expect(tally("queue", "x@main").output.contains("pre-3"))
    tally("receive", "x=8", "--ref", "PO-77")
    #expect(tally("queue", "x", "--json").objects.map { $0["id"] as? String } == ["pre-2", "pre-3"])
    let stock = tally("stock", "x", "--json").object
    #expect(stock["available"] as? Int == 2 && stock["waiting"] as? Int == 4)
    let refused = tally("reserve", "late", "x=1", "--json")
    #expect(refused.status == 1 && refused.object["reason"] as? String == "insufficient")
    tally("release", "pre-2")
    #expect(tally("show", "pre-3").output.contains("filled"))
    #expect(tally("events", "--json").objects.filter { $0["type"] as? String == "filled" }.count == 2)
    #expect(tally.verdict() == "proven")
  }

  @Test("what waits is not committed, and the refusal names its place")
  func commit() {
    let tally = soldOut()
    tally("reserve", "a", "x=1", "--wait")
    tally("reserve", "b", "x=2", "--wait")
    let refused = tally("commit", "b", "--json")
    #expect(refused.status == 1 && refused.object["reason"] as? String == "settled")
    #expect(refused.object["state"] as? String == "waiting" && refused.object["place"] as? Int == 2)
    #expect(tally("commit", "b").says("place 2 for x", "1 before it"))
  }

  @Test("what waits may be made to wait for less, and is listed with its place")
  func lessAndListed() {
    let tally = soldOut()
    tally("reserve", "a", "x=4", "--wait=7d", "--customer", "c-1")
    tally("reserve", "b", "x=2", "--wait")
    #expect(tally("amend", "a", "x=5").says("waits in line", "place 1"))
    #expect(tally("extend", "a", "--ttl", "1h").status == 1)
    #expect(tally("amend", "a", "x=3").status == 0)
    let waiting = tally("holds", "--waiting", "--json").objects
    #expect(waiting.map { $0["id"] as? String } == ["a", "b"] && waiting[0]["state"] as? String == "waiting")
    #expect(waiting.map { $0["place"] as? Int } == [1, 2] && waiting[0]["waits_until_ms"] is Int)
    #expect(tally("holds", "--waiting", "--sku", "x", "--customer", "c-1").output.contains("x 3, place 1"))
    #expect(tally("holds", "--json").objects.map { $0["id"] as? String } == ["first"])
    tally("amend", "a", "x=0")
    let story = tally("show", "a", "--json").object
    #expect(story["state"] as? String == "released")
    #expect((story["events"] as? [[String: Any]])?.map { $0["type"] as? String } == ["waiting", "amended", "amended"])
    #expect(tally("queue", "x", "--json").objects.map { $0["place"] as? Int } == [1])
    #expect(tally.verdict() == "proven")
  }

  @Test("an order from any location does not wait, and the refusal says so")
  func anyLocation() {
    let tally = soldOut()
    let refused = tally("reserve", "a", "x@*=1", "--wait")
    #expect(refused.status == 1 && refused.says("insufficient", "does not wait"))
  }

  @Test("a retry of what waits is no failure: it says that it waits, and holds nothing")
  func retry() {
    let tally = soldOut()
    tally("reserve", "a", "x=4", "--wait")
    let again = tally("reserve", "a", "x=4", "--wait", "--json")
    #expect(again.status == 0 && again.object["status"] as? String == "repeated")
    #expect(again.object["state"] as? String == "waiting" && again.object["holds"] as? Bool == false)
    let line = #"{"op":"reserve","id":"a","lines":[{"sku":"x","qty":4}],"wait":true}"# + "\n"
    #expect(tally("append", "-", input: line).status == 0)
    tally("release", "a")
    #expect(tally("reserve", "a", "x=4", "--wait").status == 1)
  }

  @Test("who waits gives up when its time is over, and the story tells")
  func givesUp() {
    let tally = soldOut()
    let lines = #"{"op":"reserve","id":"w","lines":[{"sku":"x","qty":1}],"wait_ms":1}"# + "\n"
    #expect(tally("append", "-", input: lines).objects[0]["state"] as? String == "waiting")
    tally("expire")
    tally("expire")
    let story = tally("show", "w", "--json").object
    #expect(story["state"] as? String == "expired")
    #expect((story["events"] as? [[String: Any]])?.map { $0["type"] as? String } == ["waiting", "expired"])
    #expect(tally("queue", "x").status == 0)
  }

  @Test("--wait in two words is how long to wait for the log, and what makes no sense is said")
  func arguments() {
    let tally = soldOut()
    #expect(tally("reserve", "a", "x=1", "--wait", "5s").says("insufficient"))
    #expect(tally("reserve", "--wait", "a", "x=1").status == 0)
    #expect(tally("reserve", "b", "x=1", "--wait=5").status == 64)
    #expect(tally("reserve", "b", "x=1", "--wait=0s").status == 64)
    #expect(tally("queue", "nothing").status == 1 && tally("queue", "x", "--id", "first").status == 1)
    let append = tally(
      "append", "-", input: #"{"op":"reserve","id":"w","lines":[{"sku":"x","qty":1}],"wait":1}"# + "\n")
    #expect(append.status == 65)
  }

  @Test("the auditor counts who stood in line")
  func audit() {
    let tally = soldOut()
    tally("reserve", "a", "x=1", "--wait")
    tally("reserve", "b", "x=1", "--wait")
    tally("receive", "x=1")
    let report = tally.end([Tool.verify, tally.log, "--json"]).object
    #expect(report["waited"] as? Int == 2 && report["filled"] as? Int == 1 && report["waiting"] as? Int == 1)
    #expect(tally.end([Tool.verify, tally.log]).output.contains("in their turn"))
  }
}
