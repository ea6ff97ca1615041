import TallyTestSupport
import Testing

@Suite("Answers that help", .timeLimit(.minutes(60)))
struct HelpfulAnswerTests {
  @Test("who holds what, what falls due, what a customer did and what happened since: field case list-open-holds")
  func lists() {
    let tally = Tool.onNewLog()
    tally("receive", "a=5")
    tally("reserve", "o1", "a=1", "--customer", "c1", "--ttl", "1h")
    tally("reserve", "o2", "a=1", "--customer", "c2")
    #expect(tally("holds", "--sku", "a", "--json").objects.map { $0["id"] as? String } == ["o1", "o2"])
    #expect(tally("holds", "--customer", "c2", "--json").object["id"] as? String == "o2")
    #expect(tally("holds", "--due-by", "2999-01-01T00:00:00Z", "--json").object["id"] as? String == "o1")
    #expect(tally("holds", "--due").output.isEmpty)
    let line = tally("holds", "--customer", "c1").output
    for part in ["3  ", "  o1  open  a 1  customer c1  expires "] { #expect(line.contains(part), "\(line)") }
    #expect(tally("events", "--customer", "c1", "--json").objects.map { $0["seq"] as? Int } == [3])
    #expect(tally("events", "--since", "2026-01-01T00:00:00Z").lines.count == 4)
    #expect(tally("events", "--until", "2026-01-01T00:00:00Z").output.isEmpty)
    #expect(tally("events", "--since", "yesterday").status == 64)
  }

  @Test("a hold whose time is over is shown as due everywhere, and can be expired: field case due-hold-still-shown")
  func due() {
    let tally = Tool.onNewLog()
    // In the past, so that nothing has to be waited for.
    tally(
      "append",
      input: #"{"op":"receive","lines":[{"sku":"tea","qty":5}],"time_ms":1000}"# + "\n"
        + #"{"op":"reserve","id":"o1","lines":[{"sku":"tea","qty":5}],"ttl_ms":1000,"time_ms":1000}"# + "\n")
    #expect(tally("stock", "tea").output.contains("5 (5 due)"))
    #expect(tally("stock", "tea", "--json").object["due"] as? Int == 5)
    #expect(tally("show", "o1").output.contains("(due: the next command expires it)"))
    #expect(tally("info").output.contains("1, of which 1 are due"))
    #expect(tally("info", "--json").object["due_reservations"] as? Int == 1)
    #expect(tally("holds", "--due", "--json").object["id"] as? String == "o1")
    #expect(tally("holds").output.contains("due since 1970-01-01T00:00:02"))
    #expect(tally("expire").status == 0)
    #expect(tally("holds").output.isEmpty && tally("stock", "tea", "--json").object["available"] as? Int == 5)
  }

  @Test("a refusal says where how much is, and does not call unknown what is elsewhere")
  func elsewhere() {
    let tally = Tool.onNewLog()
    tally("receive", "v@A=1", "v@B=1")
    let refused = tally("reserve", "o", "v=2")
    #expect(refused.status == 1 && refused.says("there is no v@main; v is at A (1), B (1)"), "\(refused)")
    #expect(tally("reserve", "o", "v@*=3").says("v@* asked 3, available 2; v is at A (1), B (1)"))
    #expect(tally("reserve", "o", "v@A=2").says("v@A asked 2, available 1; v is at B (1)"))
    #expect(
      tally("reserve", "o", "v@A=2", "--json").output
        == #"{"status":"rejected","reason":"insufficient","at_seq":3,"#
        + #""short":[{"sku":"v","location":"A","asked":2,"available":1}],"#
        + #""elsewhere":[{"sku":"v","location":"B","available":1}]}"# + "\n")
    #expect(tally("reserve", "o", "v@*=2").output == "accepted, event 4\n")
    #expect(tally("reserve", "o", "v@*=2").output == "repeated, event 4 (now open)\n")
    #expect(tally("holds").output.contains("v@A 1, v@B 1"))
  }

  @Test("a cart's refusal lists every short or unknown line at once")
  func everyLine() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=1")
    let refused = tally("reserve", "o", "cup=1", "tea=2", "pot=1")
    #expect(refused.says("cup, pot do not exist; receive them first; tea asked 2, available 1"), "\(refused)")
    let unknown = tally("reserve", "o", "cup=1", "--json")
    #expect(
      unknown.output == #"{"status":"rejected","reason":"unknown-item","at_seq":2,"sku":"cup","location":"main","#
        + #""unknown":[{"sku":"cup","location":"main"}]}"# + "\n")
  }

  @Test(
    "a return or transfer to what never existed is named, or refused where the log says so: field case typo-makes-item")
  func typos() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=5")
    #expect(tally("return", "tae=5").output == "accepted, event 4; tae is new\n")
    #expect(tally("transfer", "tea=2", "--from", "main", "--to", "berln").output.hasSuffix("; tea@berln is new\n"))
    #expect(
      tally("return", "x@y=1", "--json").output
        == #"{"status":"accepted","seq":8,"new":[{"sku":"x","location":"y"}]}"# + "\n")
    let strict = Tool.onNewLog("--refuse-new")
    strict("receive", "tea=5")
    #expect(strict("return", "tae=5").says("unknown-item", "tae does not exist"))
    let refused = strict("transfer", "tea=2", "--from", "main", "--to", "berln")
    #expect(refused.status == 1 && refused.says("there is no tea@berln; tea is at main (5)"), "\(refused)")
    #expect(strict("register", "tea@berlin").output == "accepted, event 3; tea@berlin is new\n")
    #expect(strict("transfer", "tea=2", "--from", "main", "--to", "berlin").status == 0)
    #expect(strict("info", "--json").object["refuse_new"] as? Bool == true)
    #expect(strict.verdict() == "proven" && tally.verdict() == "proven")
  }

  @Test("a safety stock is not sold, and a count may take it: field case safety-stock")
  func floor() {
    let tally = Tool.onNewLog()
    tally("receive", "x=5")
    #expect(tally("floor", "x", "2").status == 0)
    #expect(tally("reserve", "o", "x=4").says("x asked 4, available 3"))
    #expect(tally("reserve", "o", "x=3").status == 0)
    #expect(tally("adjust", "x", "--to", "3", "--reason", "count", "--release", "newest").status == 0)
    #expect(tally("stock", "x", "--json").output.contains(#""held":3,"available":0,"floor":2,"#))
    #expect(tally("stock").lines.first?.contains("FLOOR") == true)
    #expect(tally("show", "o").output.hasPrefix("o: open"))
    #expect(
      tally("events", "--json").objects.contains { $0["type"] as? String == "floor-set" && $0["qty"] as? Int == 2 })
    #expect(tally.verdict() == "proven")
  }

  @Test("the day on which a movement took place is stored, shown and exported: field case record-late-movement")
  func effective() {
    let tally = Tool.onNewLog()
    tally("receive", "i=5", "--ref", "found in July", "--effective", "2025-07-02T00:00:00Z", "--key", "k")
    tally("append", input: #"{"op":"adjust","sku":"i","to":1,"reason":"count","effective_ms":1751414400000}"# + "\n")
    #expect(
      tally("events", "--json").objects.compactMap { $0["effective_ms"] as? Int } == [
        1_751_414_400_000, 1_751_414_400_000,
      ])
    #expect(tally("events").output.contains("effective 2025-07-02T00:00:00"))
    #expect(
      tally("export", "--format", "csv").lines.dropFirst(2).allSatisfy { $0.hasSuffix(",1751414400000,,,,,") })
    #expect(tally("reserve", "o", "i=1", "--effective", "2025-07-02T00:00:00Z").status == 64)
    #expect(tally.verdict() == "proven")
  }

  @Test("a passed limit says the count against the limit")
  func limit() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=9")
    tally("limit", "tea", "3")
    tally("reserve", "o", "tea=2", "--customer", "ann")
    #expect(tally("reserve", "p", "tea=2", "--customer", "ann").says("has 2 of tea and asked 2, of at most 3"))
    #expect(tally("reserve", "p", "tea=1").says("tea has a limit of 3 a customer; name the customer"))
    #expect(
      tally("reserve", "p", "tea=2", "--customer", "ann", "--json").output
        == #"{"status":"rejected","reason":"limit","at_seq":4,"sku":"tea","location":"main","#
        + #""asked":2,"count":2,"limit":3}"# + "\n")
  }
}
