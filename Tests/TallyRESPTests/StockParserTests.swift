import Tallystick
import Testing

@testable import TallyRESP

@Suite("The words of a command")
struct StockParserTests {
  private func parse(_ line: String, allowsUnkeyed: Bool = false) -> Result<StockRequest, StockFlaw> {
    var decoder = WireDecoder()
    return Array((line + "\n").utf8).withUnsafeBytes { bytes in
      guard (try? decoder.decode(bytes)) != nil else { return .failure(.invalid("no command")) }
      return decoder.withWords(in: bytes) { words in
        guard let verb = StockVerb(words[0]) else { return .failure(.invalid("no verb")) }
        do throws(StockFlaw) {
          return .success(try StockParser.parse(words, verb, allowsUnkeyed: allowsUnkeyed))
        } catch { return .failure(error) }
      }
    }
  }

  private func command(_ line: String) -> Command? {
    guard case .success(.command(let command)) = parse(line) else { return nil }
    return command
  }

  private func flaw(_ line: String) -> String? {
    if case .failure(let flaw) = parse(line) { return RefusalWords.text(flaw) }
    return nil
  }

  @Test("asks for what they say")
  func commands() {
    let tea = Line(sku: "tea", 2)
    let cup = Line(sku: "cup", location: "berlin", 1)
    let cases: [(String, Command)] = [
      ("STOCK.RECEIVE tea 2 KEY k", Command(.receive([tea]), key: "k")),
      ("stock.receive tea 2 cup@berlin 1 ref PO-7 key k", Command(.receive([tea, cup], reference: "PO-7"), key: "k")),
      ("STOCK.RESERVE o1 tea 2", Command(.reserve(id: "o1", [tea]))),
      (
        "Stock.Reserve o1 tea 2 cup@berlin 1 TTL 900000 CUSTOMER c EXPECT 7",
        Command(.reserve(id: "o1", [tea, cup], customer: "c", timeToLive: 900_000), expectedSequence: 7)
      ),
      ("STOCK.RESERVE o1 tea 2 WAIT 5", Command(.reserve(id: "o1", [tea], wait: .milliseconds(5)))),
      ("STOCK.RESERVE o1 tea 2 wait forever TTL 9", Command(.reserve(id: "o1", [tea], timeToLive: 9, wait: .forever))),
      ("STOCK.COMMIT o1 KEY k", Command(.commit(id: "o1"), key: "k")),
      ("STOCK.COMMIT o1 tea 2 KEY k", Command(.commit(id: "o1", [tea]), key: "k")),
      ("STOCK.COMMIT o1 tea 2 MORE KEY k", Command(.commitMore(id: "o1", [tea]), key: "k")),
      ("STOCK.RELEASE o1 KEY k", Command(.release(id: "o1"), key: "k")),
      ("STOCK.RETURN tea 2 ORDER o1 KEY k", Command(.returnedOf(order: "o1", [tea]), key: "k")),
      ("STOCK.RETURN tea 2 KEY k", Command(.returned([tea]), key: "k")),
      (
        "STOCK.ADJUST tea TO 0 count RELEASE newest TRIM KEY k",
        Command(.adjust(ItemName(sku: "tea"), .to(0), reason: "count", release: .newestTrimmed), key: "k")
      ),
      (
        "STOCK.ADJUST tea BY -3 'a loss' KEY k",
        Command(.adjust(ItemName(sku: "tea"), .by(-3), reason: "a loss"), key: "k")
      ),
      (
        "STOCK.TRANSFER a@b 2 main berlin KEY k",
        Command(.transfer(sku: "a@b", quantity: 2, from: "main", to: "berlin"), key: "k")
      ),
      (
        "STOCK.TRANSFER tea 2 main berlin WITH o1 o2 KEY k",
        Command(.transferWith(sku: "tea", quantity: 2, from: "main", to: "berlin", .of(["o1", "o2"])), key: "k")
      ),
      (
        "STOCK.TRANSFER tea 2 main berlin WITH ALL KEY k",
        Command(.transferWith(sku: "tea", quantity: 2, from: "main", to: "berlin", .all), key: "k")
      ),
      ("STOCK.LIMIT tea@berlin NONE KEY k", Command(.limit(ItemName(sku: "tea", location: "berlin"), nil), key: "k")),
      ("STOCK.LIMIT tea 0 KEY k", Command(.limit(ItemName(sku: "tea"), 0), key: "k")),
      ("STOCK.REOPEN o1 TTL 5 KEY k", Command(.reopen(id: "o1", timeToLive: 5), key: "k")),
      ("STOCK.REOPEN o1 KEY k", Command(.reopen(id: "o1"), key: "k")),
      (
        "STOCK.RECIPE set@berlin tea 2 cup@main 1 KEY k",
        Command(
          .recipe(
            ItemName(sku: "set", location: "berlin"), [Line(sku: "tea", location: "berlin", 2), Line(sku: "cup", 1)]),
          key: "k")
      ),
      ("STOCK.RECIPE set none KEY k", Command(.recipe(ItemName(sku: "set"), []), key: "k")),
      ("STOCK.PREFER tea berlin main KEY k", Command(.prefer("tea", ["berlin", "main"]), key: "k")),
      ("STOCK.PREFER a@b none EXPECT 7 KEY k", Command(.prefer("a@b", []), key: "k", expectedSequence: 7)),
      ("STOCK.FLOOR tea 5 KEY k", Command(.floor(ItemName(sku: "tea"), 5), key: "k")),
      ("STOCK.REGISTER tea cup@berlin", Command(.register([tea.item, cup.item]))),
      ("STOCK.ACK orders 90210", Command(.acknowledge(consumer: "orders", through: 90_210))),
      ("stock.ack orders 0", Command(.acknowledge(consumer: "orders", through: 0))),
      ("STOCK.FORGET orders", Command(.forgetConsumer("orders"))),
      ("STOCK.EXTEND o1 1000 KEY k", Command(.extend(id: "o1", timeToLive: 1_000), key: "k")),
      ("STOCK.EXTEND o1 none KEY k", Command(.extend(id: "o1", timeToLive: nil), key: "k")),
      ("STOCK.AMEND o1 tea 0 cup@berlin 1 KEY k", Command(.amend(id: "o1", [Line(sku: "tea", 0), cup]), key: "k")),
      (
        "STOCK.RECEIVE tea 9007199254740991 KEY k",
        Command(.receive([Line(sku: "tea", 9_007_199_254_740_991)]), key: "k")
      ),
      ("STOCK.RECEIVE KEY@main 2 KEY k", Command(.receive([Line(sku: "KEY", 2)]), key: "k")),
    ]
    for (line, expected) in cases { #expect(command(line) == expected, "\(line)") }
  }

  @Test("need a key where a repeat could not be told, unless the server allows it")
  func keys() {
    for verb in StockVerb.allCases where !verb.isRepeatable {
      let line =
        switch verb {
        case .adjust: "\(verb.name) tea TO 3 count"
        case .transfer: "\(verb.name) tea 3 main berlin"
        case .amend: "\(verb.name) o1 tea 3"
        case .recipe: "\(verb.name) set tea 3"
        case .commit, .release, .reopen: "\(verb.name) o1"
        default: "\(verb.name) tea 3"
        }
      #expect(flaw(line)?.hasPrefix("KEY \(verb.name) needs KEY k") == true, "\(line)")
      guard case .success = parse(line, allowsUnkeyed: true) else {
        Issue.record("\(line) is refused where unkeyed commands are allowed")
        continue
      }
    }
    #expect(flaw("STOCK.RESERVE o1 tea 2 KEY k")?.hasPrefix("INVALID KEY is no option of STOCK.RESERVE") == true)
  }

  @Test("are refused whole when one of them is wrong, and say which")
  func flaws() {
    for (line, words) in [
      ("STOCK.RESERVE o1 tea", "too few words"), ("STOCK.RESERVE o1 tea 0", "the quantity of 'tea'"),
      ("STOCK.RESERVE o1 tea 9007199254740992", "9007199254740991"), ("STOCK.RESERVE o1 tea 1.5", "not '1.5'"),
      ("STOCK.RESERVE o1 tea 99999999999999999999", "not '99999999999999999999'"),
      ("STOCK.PREFER tea KEY k", "no location stands"), ("STOCK.PREFER tea a a KEY k", "stands there twice"),
      ("STOCK.RESERVE o1 tea 2 cup", "no quantity stands behind 'cup'"),
      ("STOCK.RESERVE o1 tea 2 TTL", "nothing stands behind TTL"), ("STOCK.RESERVE o1 tea 2 TTL 0", "TTL must be"),
      ("STOCK.RESERVE o1 tea 2 TTL 5 TTL 5", "TTL stands there twice"),
      ("STOCK.RESERVE o1 tea 2 REF x", "REF is no option of STOCK.RESERVE"),
      ("STOCK.RESERVE o1 TTL 5 TTL", "no line"), ("STOCK.RESERVE '' tea 2", "the reservation id is empty"),
      ("STOCK.RESERVE o1 tea@ 2", "the location is empty"), ("STOCK.RESERVE o1 \"t\\x01\" 2", "control character"),
      ("STOCK.RESERVE o1 \"t\\xff\" 2", "UTF-8"), ("STOCK.COMMIT o1 MORE KEY k", "MORE needs the lines"),
      ("STOCK.ADJUST tea AT 3 count KEY k", "TO or BY"), ("STOCK.ADJUST tea BY 0 count KEY k", "must not be 0"),
      ("STOCK.ADJUST tea TO 3 count TRIM KEY k", "TRIM needs RELEASE"),
      ("STOCK.ADJUST tea TO 3 '' KEY k", "the reason is empty"),
      ("STOCK.TRANSFER tea 2 main berlin WITH KEY k", "WITH: with names no reservation"),
      ("STOCK.EVENTS x", "the sequence number"), ("STOCK.HOLDS tea", "does not go on with 'tea'"),
    ] {
      #expect(flaw(line)?.hasPrefix("INVALID ") == true, "\(line): \(flaw(line) ?? "taken")")
      #expect(flaw(line)?.contains(words) == true, "\(line): \(flaw(line) ?? "taken")")
    }
  }

  @Test("ask questions")
  func questions() {
    func text(_ line: String) -> String { "\(parse(line))" }
    guard case .success(.level(let item, asJSON: false)) = parse("STOCK.GET tea@berlin") else {
      Issue.record("no level")
      return
    }
    #expect(item == ItemName(sku: "tea", location: "berlin"))
    guard case .success(.level(let odd, asJSON: true)) = parse("STOCK.GET a@b berlin JSON") else {
      Issue.record("no level")
      return
    }
    #expect(odd == ItemName(sku: "a@b", location: "berlin"))
    guard case .success(.events(from: 7, count: 5)) = parse("STOCK.EVENTS 7 COUNT 5") else {
      Issue.record("no events")
      return
    }
    guard case .success(.holds(let filter, count: 100, asJSON: false)) = parse("STOCK.HOLDS SKU tea DUE") else {
      Issue.record("no holds")
      return
    }
    #expect(filter.sku == "tea" && filter.isDue)
  }
}
