import Foundation
import TallyTestSupport
import Testing

@Suite("tally, for consumers of events", .timeLimit(.minutes(60)))
struct ConsumerToolTests {
  @Test("a consumer is told what it has not acknowledged, and never of acknowledgements")
  func consume() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=10")
    #expect(tally("consume", "orders").says("there is no consumer", "tally acknowledge orders 0"))
    #expect(tally("acknowledge", "orders", "0").output == "accepted, event 3\n")
    #expect(tally("consume", "orders").objects.map { $0["seq"] as? Int } == [1, 2])
    #expect(tally("consume", "orders", "--limit", "1").objects.map { $0["seq"] as? Int } == [1])
    #expect(tally("acknowledge", "orders", "2").output == "accepted, event 4\n")
    #expect(tally("acknowledge", "orders", "1").output.hasPrefix("repeated"))
    #expect(tally("consume", "orders").output == "")
    tally("reserve", "o-1", "tea=2")
    #expect(tally("consume", "orders").objects.map { $0["type"] as? String } == ["reserved"])
    let known = tally("consumers", "--json").object
    #expect(known["consumer"] as? String == "orders" && known["seq"] as? Int == 2 && known["event_seq"] as? Int == 4)
    #expect(known["lag"] as? Int == 3)
    #expect(tally("consumers", "--at", "3", "--json").object["seq"] as? Int == 0)
    #expect(tally("consumers").output.contains("CONSUMER"))
    #expect(tally("acknowledge", "orders", "99").status == 64)
    #expect(tally("acknowledge", "orders", "-1").status == 64)
    #expect(tally("events").output.contains("acknowledged  orders up to 2"))
    #expect(tally("forget", "orders").status == 0 && tally("consumers", "--json").output == "")
    #expect(tally("forget", "orders").output.hasPrefix("repeated"))
    #expect(tally.verdict() == "proven")
  }

  @Test("a follower is told of each event as it happens")
  func follow() throws {
    let tally = Tool.onNewLog()
    tally("receive", "tea=10")
    tally("acknowledge", "orders", "2")
    let following = try tally.start("consume", "orders", "--follow")
    tally("reserve", "o-1", "tea=2")
    #expect(following.nextLine()?.contains("\"id\":\"o-1\"") == true)
    following.kill(2)
    #expect(following.finish().status == 0)
  }

  @Test("what a consumer acknowledges goes into the log among other commands in lines")
  func append() {
    let tally = Tool.onNewLog()
    let lines = """
      {"op":"receive","lines":[{"sku":"tea","qty":3}]}
      {"op":"acknowledge","consumer":"orders","seq":2}
      {"op":"acknowledge","consumer":"orders","seq":1}
      {"op":"acknowledge","consumer":"orders","seq":77}
      {"op":"forget-consumer","consumer":"nobody"}

      """
    let answers = tally("append", "-", input: lines).objects
    #expect(
      answers.map { $0["status"] as? String } == ["accepted", "accepted", "repeated", "invalid", "repeated"])
    #expect(answers.map { $0["seq"] as? Int } == [2, 3, 3, nil, 3])
  }
}
