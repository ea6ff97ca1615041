import TallyTestSupport
import Testing

/// What shops have asked of a reservation's life, each with the answer that is right.
@Suite("tally, cases from the field", .timeLimit(.minutes(60)))
struct FieldTests {
  @Test("a hold is extended while the customer is at the bank")
  func extendHold() {
    let tally = Tool.onNewLog()
    tally("receive", "lamp=1")
    tally("reserve", "order-9", "lamp=1", "--customer", "c1", "--ttl", "15m")
    let conflict = tally("reserve", "order-9", "lamp=1", "--customer", "c1", "--ttl", "45m")
    #expect(conflict.status == 1 && conflict.says("--ttl 15m, now 45m", "tally extend order-9 --ttl 45m"))
    #expect(tally("extend", "order-9", "--ttl", "30m").output == "accepted, event 4\n")
    let shown = tally("show", "order-9", "--json").object
    let made = shown["time_ms"] as? Int ?? 0
    #expect(shown["state"] as? String == "open" && (shown["expires_ms"] as? Int ?? 0) >= made + 1_800_000)
    #expect(tally("extend", "order-9", "--ttl", "none").status == 0)
    #expect(tally("show", "order-9", "--json").object["expires_ms"] == nil)
    #expect(tally("events", "--id", "order-9").output.contains("extended  order-9"))
    #expect(tally("extend", "order-9", "--ttl", "0").status == 64)
    #expect(tally("extend", "order-9", "--ttl", "soon").says("none"))
    #expect(tally("commit", "order-9").status == 0)
    #expect(tally("extend", "order-9", "--ttl", "5m").says("committed by event 6", "use return --order order-9"))
    #expect(tally.verdict() == "proven")
  }

  @Test("an order is changed on the telephone: more of it, or something else")
  func amendOrder() {
    let tally = Tool.onNewLog()
    tally("receive", "mug=10", "cup=3")
    tally("reserve", "w-100", "mug=1")
    #expect(tally("reserve", "w-100", "mug=5").says("mug 1, now mug 5", "tally amend w-100 mug=5"))
    #expect(tally("amend", "w-100", "mug=5").status == 0)
    #expect(tally("stock", "mug", "--json").object["held"] as? Int == 5)
    #expect(tally("amend", "w-100", "mug=11").says("mug asked 6, available 5"))
    #expect(tally("amend", "w-100", "mug=2", "cup=1", "--key", "call").status == 0)
    #expect(tally("amend", "w-100", "mug=2", "cup=1", "--key", "call").output.hasPrefix("repeated"))
    let lines = tally("show", "w-100", "--json").object["lines"] as? [[String: Any]]
    #expect(lines?.map { $0["qty"] as? Int } == [2, 1])
    #expect(tally("events", "--id", "w-100").output.contains("mug to 2 (-3), cup to 1 (+1)"))
    #expect(tally("amend", "w-100", "mug=0", "cup=0").status == 0)
    #expect(tally("show", "w-100", "--json").object["state"] as? String == "released")
    #expect(tally.verdict() == "proven")
  }

  @Test("a customer who pays otherwise keeps her own hold")
  func paymentRetry() {
    let tally = Tool.onNewLog()
    tally("receive", "lamp=1")
    tally("reserve", "order-9", "lamp=1", "--customer", "c1", "--ttl", "15m")
    let second = tally("reserve", "order-9", "lamp=1", "--customer", "c1", "--ttl", "30m", "--json")
    #expect(second.status == 1)
    #expect(second.output.contains(#""first_seq":3,"differs":{"ttl_ms":{"first":900000,"now":1800000}}"#))
    #expect(tally("extend", "order-9", "--ttl", "30m").status == 0)
    #expect(tally("reserve", "order-9", "lamp=1", "--customer", "c1", "--ttl", "15m", "--json").status == 0)
    #expect(tally("stock", "lamp", "--json").object["held"] as? Int == 1)
  }

  @Test("a retry that holds nothing any more cannot be mistaken for a hold")
  func lapsed() {
    let tally = Tool.onNewLog()
    tally("receive", "lamp=2")
    tally("reserve", "a", "lamp=1", "--ttl", "1ms")
    tally("reserve", "b", "lamp=1")
    let again = tally("reserve", "a", "lamp=1", "--ttl", "1ms", "--json")
    #expect(again.status == 1 && again.says("a was reserved by event 3 and holds nothing any more"))
    #expect(again.output == #"{"status":"repeated","seq":3,"state":"expired","holds":false}"# + "\n")
    #expect(
      tally("reserve", "b", "lamp=1", "--json").output
        == #"{"status":"repeated","seq":5,"state":"open","holds":true}"# + "\n")
    let bulk = tally("append", input: Lines.reserve("b", 1, "lamp"))
    #expect(bulk.status == 0)
    tally("release", "b")
    let lapsed = tally("append", input: Lines.reserve("b", 1, "lamp"))
    #expect(lapsed.status == 1 && lapsed.says("1 repeated that hold nothing any more"))
    #expect(lapsed.output.contains(#""holds":false"#))
  }

  @Test("a settlement of too much says what is open, what is not in it, and what closed it")
  func settleTooMuch() {
    let tally = Tool.onNewLog()
    tally("receive", "p=10", "q=10")
    tally("reserve", "t", "p=2")
    #expect(tally("release", "t", "p=3").says("t has 2 of p open, 3 asked"))
    #expect(tally("release", "t", "q=1").says("q is not in t"))
    let answer = tally("release", "t", "p=3", "--json").object
    #expect((answer["open"] as? [[String: Any]])?.first?["open"] as? Int == 2)
    tally("commit", "t")
    #expect(tally("release", "t").says("t was committed by event 5; use return --order t"))
    #expect(
      tally("release", "t", "--json").output
        == #"{"status":"rejected","reason":"settled","at_seq":5,"closed_by":{"seq":5,"type":"committed"}}"# + "\n")
  }

  @Test("a stock-take says whose goods it would take, and whose it took")
  func adjustSaysWhoseHold() {
    let tally = Tool.onNewLog()
    tally("receive", "p=10")
    tally("reserve", "a", "p=3", "--customer", "c1")
    tally("reserve", "b", "p=3", "--customer", "c2")
    let refusal = tally("adjust", "p", "--to", "5", "--reason", "count")
    #expect(refusal.says("6 are held (a 3, b 3)", "--release newest would let b go"))
    let answer = tally("adjust", "p", "--to", "5", "--reason", "count", "--release", "newest", "--json")
    #expect(
      answer.output == #"{"status":"accepted","seq":6,"released":[{"id":"b","customer":"c2","lines":["#
        + #"{"sku":"p","location":"main","qty":3}]}]}"# + "\n")
    let trimmed = tally("adjust", "p", "--to", "2", "--reason", "count", "--release", "oldest", "--trim")
    #expect(trimmed.output == "accepted, event 8\nreleased a, customer c1: p 1\n")
    #expect(tally("stock", "p", "--json").object["held"] as? Int == 2)
    #expect(tally("adjust", "p", "--to", "1", "--reason", "count", "--trim").status == 64)
    #expect(tally.verdict() == "proven")
  }

  @Test("goods that are weighed at the counter are sold by what they weigh")
  func commitMoreThanHeld() {
    let tally = Tool.onNewLog()
    tally("receive", "salmon=10000")
    tally("reserve", "o", "salmon=1000")
    #expect(tally("commit", "o", "salmon=1040").says("o has 1000 of salmon open, 1040 asked"))
    #expect(tally("commit", "o", "salmon=99999", "--more").says("salmon asked 98999, available 9000"))
    #expect(tally("commit", "o", "salmon=1040", "--more").status == 0)
    #expect(tally("stock", "salmon", "--json").object["on_hand"] as? Int == 8960)
    let line = (tally("show", "o", "--json").object["lines"] as? [[String: Any]])?.first
    #expect(line?["committed"] as? Int == 1040 && line?["open"] as? Int == 0)
    #expect(tally("events", "--id", "o").output.contains("salmon 1040 (40 more than was held)"))
    #expect(tally.verdict() == "proven")
  }

  @Test("what comes back is tied to its order: no more than was sold, and the limit gets it back")
  func returnOfAnOrder() {
    let tally = Tool.onNewLog()
    tally("receive", "s=5")
    tally("limit", "s", "2")
    tally("reserve", "o1", "s=2", "--customer", "c")
    tally("commit", "o1")
    #expect(tally("return", "s=50", "--order", "o1").says("of s o1 has sold 2, and 0 have come back; 50 asked"))
    #expect(tally("return", "s=1", "--order", "nobody").says("there is no reservation nobody"))
    #expect(tally("reserve", "o2", "s=1", "--customer", "c").says("limit"))
    #expect(tally("return", "s=1", "--order", "o1", "--ref", "RMA-3").status == 0)
    #expect(tally("reserve", "o2", "s=1", "--customer", "c").status == 0)
    let again = tally("return", "s=2", "--order", "o1", "--json")
    #expect(
      again.status == 1
        && again.output.contains(#""sold":[{"sku":"s","location":"main","asked":2,"sold":2,"returned":1}]"#))
    #expect(tally("return", "s=1", "--order", "o1").status == 0)
    #expect(tally("return", "s=1", "--order", "o1").status == 1)
    // Without an order, as ever.
    #expect(tally("return", "s=1").status == 0)
    let story = tally("show", "o1", "--json").object
    #expect((story["lines"] as? [[String: Any]])?.first?["returned"] as? Int == 2)
    #expect((story["events"] as? [Any])?.count == 4 && story["state"] as? String == "committed")
    #expect(tally("show", "o1").output.contains("RETURNED"))
    #expect(tally("events", "--id", "o1").output.contains("returned  o1  s 1  customer c  ref RMA-3"))
    #expect(tally("release", "o1").says("use return --order o1"))
    #expect(tally.verdict() == "proven")
  }

  @Test("what was promised before it came is held where it arrives")
  func preorderArrives() {
    let tally = Tool.onNewLog()
    tally("receive", "game@incoming=10", "--ref", "PO-77")
    tally("reserve", "pre-1", "game@incoming=6")
    tally("reserve", "pre-2", "game@incoming=3")
    #expect(
      tally("transfer", "game=10", "--from", "incoming", "--to", "main").says(
        "available 1; what is held moves with its holds: --with ID, or --with all"))
    let short = tally("transfer", "game=5", "--from", "incoming", "--to", "main", "--with", "pre-1")
    #expect(short.says("insufficient"))
    // Some of it comes first: the oldest claim is met first.
    #expect(tally("transfer", "game=4", "--from", "incoming", "--to", "main", "--with", "all").status == 0)
    #expect(tally("events", "--id", "pre-1").output.contains("game@incoming -4, game +4 with pre-1 4"))
    let rest = tally("transfer", "game=6", "--from", "incoming", "--to", "main", "--with", "pre-1,pre-2", "--json")
    #expect(rest.object["status"] as? String == "accepted")
    let stock = tally("stock", "game", "--json").objects
    #expect(stock.map { $0["on_hand"] as? Int } == [0, 10] && stock.map { $0["held"] as? Int } == [0, 9])
    #expect((tally("show", "pre-1", "--json").object["lines"] as? [[String: Any]])?.count == 1)
    #expect(tally("commit", "pre-1").status == 0)
    #expect(tally("stock", "game", "--json").objects.map { $0["on_hand"] as? Int } == [0, 4])
    #expect(tally("transfer", "game=1", "--from", "main", "--to", "x", "--with", "").status == 64)
    #expect(tally("transfer", "game=1", "--from", "main", "--to", "x", "--with", "nobody").says("unknown-reservation"))
    #expect(tally("transfer", "game=1", "--from", "main", "--to", "x", "--with", "pre-1").says("settled"))
    #expect(tally.verdict() == "proven")
  }

  @Test("the same in JSON Lines, and what is no such command")
  func jsonLines() {
    let tally = Tool.onNewLog()
    tally("receive", "p=10", "q=10")
    tally("reserve", "t", "p=2")
    let answers = tally(
      "append",
      input: [
        #"{"op":"extend","id":"t","ttl_ms":1800000}"#, #"{"op":"extend","id":"t","ttl_ms":null,"key":"e"}"#,
        #"{"op":"amend","id":"t","lines":[{"sku":"p","qty":3},{"sku":"q","qty":0}]}"#,
        #"{"op":"commit","id":"t","lines":[{"sku":"p","qty":4}],"more":true}"#,
        #"{"op":"extend","id":"t"}"#, #"{"op":"amend","id":"t"}"#, #"{"op":"commit","id":"t","more":true}"#,
        #"{"op":"adjust","sku":"p","by":-1,"reason":"r","trim":true}"#,
        #"{"op":"release","id":"t","lines":[{"sku":"p","qty":0}]}"#,
        #"{"op":"reserve","id":"u","lines":[{"sku":"p","qty":1}],"ttl_ms":null}"#,
        #"{"op":"commit","id":"t","lines":[{"sku":"p","qty":1}],"more":1}"#,
      ].joined(separator: "\n"))
    #expect(
      answers.objects.map { $0["status"] as? String } == Array(repeating: "accepted", count: 4)
        + Array(repeating: "invalid", count: 7))
    #expect(answers.status == 65)
    #expect(tally("stock", "p", "--json").object["on_hand"] as? Int == 6)
    #expect(tally.verdict() == "proven")
  }

  @Test("an exported database knows what has become of a reservation that was changed")
  func database() {
    let tally = Tool.onNewLog()
    tally("receive", "p=10", "q=10")
    tally("reserve", "a", "p=2", "--ttl", "1h")
    tally("extend", "a", "--ttl", "none")
    tally("amend", "a", "p=1", "q=3")
    tally("reserve", "b", "p=2")
    tally("amend", "b", "p=0")
    tally("reserve", "c", "p=2")
    tally("commit", "c", "p=5", "--more")
    #expect(tally("export", "--format", "sqlite", tally.directory.path + "/out.db").status == 0)
    let rows = tally.shell(
      "python3 -c \"import sqlite3; [print(*r) for r in sqlite3.connect('out.db').execute("
        + "'SELECT id, state, reserved, committed, released, expires_ms FROM reservations')]\"")
    #expect(rows.lines == ["a open 4 0 0 None", "b released 2 0 2 None", "c committed 5 5 0 None"])
    for format in ["jsonl", "csv", "cloudevents"] {
      #expect(tally("export", "--format", format).output.contains("amended"))
    }
  }

  @Test("the payment comes after the hold has expired: it is held again, if it is there")
  func reopen() {
    let tally = Tool.onNewLog()
    tally("receive", "lamp=1")
    tally("reserve", "order-9", "lamp=1", "--customer", "c1", "--ttl", "1ms")
    tally("expire")
    #expect(tally("commit", "order-9").says("tally reopen order-9"))
    #expect(tally("reopen", "order-9", "--ttl", "15m", "--key", "again").status == 0)
    #expect(tally("reopen", "order-9", "--ttl", "15m", "--key", "again").output.hasPrefix("repeated"))
    #expect(tally("reopen", "order-9").says("order-9 is open"))
    #expect(tally("reserve", "order-9", "lamp=1", "--customer", "c1", "--ttl", "1ms").status == 0)
    #expect(tally("show", "order-9").output.contains("reopened  order-9"))
    tally("commit", "order-9")
    #expect(tally("reopen", "order-9").says("committed by event"))
    #expect(tally("reopen", "order-8").says("no reservation order-8"))
    #expect(tally("reopen", "order-9", "--ttl", "0").status == 64)
    #expect(tally.verdict() == "proven")
  }

  @Test("one pool of seats behind several kinds of tickets, which no caller can forget")
  func sharedQuota() {
    let tally = Tool.onNewLog()
    tally("receive", "seats=3")
    #expect(tally("recipe", "adult", "seats=1").output == "accepted, event 4; adult is new\n")
    #expect(tally("recipe", "child", "seats=1").status == 0)
    #expect(tally("reserve", "o1", "adult=2").status == 0)
    #expect(tally("reserve", "o2", "child=1").status == 0)
    #expect(tally("reserve", "o3", "child=1").says("seats asked 1, available 0"))
    let child = tally("stock", "child", "--json").object
    #expect(child["available"] as? Int == 0 && child["own_stock"] as? Bool == false)
    #expect((child["parts"] as? [[String: Any]])?.first?["sku"] as? String == "seats")
    #expect(tally("stock").output.contains("MADE OF"))
    let shown = tally("show", "o1", "--json").object
    let made = (shown["events"] as? [[String: Any]])?.first
    #expect((made?["asked"] as? [[String: Any]])?.first?["sku"] as? String == "adult")
    #expect(tally("events", "--sku", "adult").output.contains("asked adult 2, takes  seats 2"))
    #expect(tally("recipe", "family", "adult=2").says("adult has a recipe of its own"))
    #expect(tally("recipe", "seats", "seats=1").status == 64)
    #expect(tally("recipe", "child", "none").status == 0)
    #expect(tally.verdict() == "proven")
  }
}
