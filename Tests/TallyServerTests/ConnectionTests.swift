import Testing

@testable import TallyServer

@Suite("What clients of Redis send when they connect")
struct ConnectionTests {
  @Test("HELLO 3 is answered by a map, HELLO 2 by a flat array, anything else refused")
  func hello() throws {
    let client = try Shop().client()
    let three = try client("HELLO", "3")
    guard case .map = three else { return #expect(Bool(false), "\(three) is no map") }
    #expect(three["proto"] == .integer(3) && three["mode"] == .text("standalone") && three["role"] == .text("master"))
    #expect(three["id"] != nil && three["version"] != nil && three["server"] != nil)
    #expect(try client("STOCK.GET", "nothing") == .null)
    let two = try client("hello", "2", "AUTH", "default", "p", "SETNAME", "me")
    #expect(two["proto"] == .integer(2) && two.parts.count == 14)
    #expect(try client("CLIENT", "GETNAME") == .text("me"))
    #expect(try client("HELLO", "4").firstWord == "NOPROTO")
    #expect(try client("HELLO", "3", "AUTH", "eve", "p").firstWord == "WRONGPASS")
    #expect(try client("HELLO", "3", "NONSENSE").firstWord == "ERR")
  }

  @Test("the rest is answered as Redis does")
  func rest() throws {
    let client = try Shop().client()
    #expect(try client("ping") == .simple("PONG"))
    #expect(try client("PING", "hi") == .text("hi"))
    let binary = (0...255).map { UInt8($0) }
    client.send(TestClient.command([Array("ECHO".utf8), binary]))
    #expect(try client.reply() == .bulk(binary))
    #expect(try client("AUTH", "p").firstWord == "ERR")
    #expect(try client("AUTH", "default", "p") == .simple("OK"))
    #expect(try client("SELECT", "0") == .simple("OK"))
    #expect(try client("SELECT", "1").firstWord == "ERR")
    #expect(try client("CLIENT", "SETINFO", "LIB-NAME", "redis-py") == .simple("OK"))
    #expect(try client("CLIENT", "SETINFO", "LIB-NAME", "a b").firstWord == "ERR")
    #expect(try client("CLIENT", "NO-EVICT", "ON") == .simple("OK"))
    #expect(try client("CLIENT", "MAINT_NOTIFICATIONS", "ON").firstWord == "ERR")
    #expect(try client("CLIENT", "INFO").string?.contains("lib-name=redis-py") == true)
    client.send(["STOCK.RECEIVE", "tea", "1", "KEY", "a"])
    client.send(["CLIENT", "LIST"])
    #expect(try client.reply() == .integer(2))
    #expect(try client.reply().string?.contains("resp=2") == true, "while an answer is waited for")
    #expect((try client("CLIENT", "ID").number ?? 0) > 0)
    #expect(try client("INFO", "replication").string?.contains("role:master\r\n") == true)
    #expect(try client("INFO").string?.contains("loading:0\r\n") == true)
    #expect(try client("CONFIG", "GET", "save") == .array([.text("save"), .text("")]))
    #expect(try client("CONFIG", "SET", "save", "").firstWord == "ERR")
    #expect(try client("COMMAND").parts.count == Int(try client("COMMAND", "COUNT").number ?? -1))
    #expect(try client("COMMAND", "DOCS", "STOCK.RESERVE").parts.first == .text("stock.reserve"))
    #expect(try client("GET", "x\r\ny").description.hasPrefix("-ERR unknown command 'GET'") == true)
    #expect(try client("ECHO").firstWord == "ERR")
    #expect(try client("RESET") == .simple("RESET"))
    #expect(try client("QUIT") == .simple("OK"))
    #expect(client.isEnded())
  }

  @Test("lines of plain text are commands, and an empty one is none")
  func lines() throws {
    let client = try Shop().client()
    client.send(Array("\r\nPING\r\n\r\nSTOCK.RECEIVE tea 5 KEY 'a key'\nSTOCK.GET \"tea\"\r\n".utf8))
    #expect(try client.reply() == .simple("PONG"))
    #expect(try client.reply() == .integer(2))
    #expect(try client.reply()["on_hand"] == .integer(5))
  }

  @Test("a form that a browser was made to send here is not read")
  func browser() throws {
    let client = try Shop().client()
    client.send(Array("POST / HTTP/1.1\r\nHost: localhost\r\n\r\nSTOCK.RECEIVE tea 5 KEY k\r\n".utf8))
    #expect(client.isEnded())
  }

  @Test("a socket of this machine serves as well, and one that a killed server left behind is taken over")
  func unixSocket() throws {
    let first = try Shop { [path = "/tmp/tally-\(UInt64.random(in: 0 ... .max))"] in $0.resp = [.unix(path: path)] }
    guard case .unix(let path) = first.server.resp[0] else { return #expect(Bool(false), "no socket") }
    #expect(try TestClient(.unix(path))("PING") == .simple("PONG"))
    #expect(throws: ServerFailure.self) { _ = try Shop { $0.resp = [.unix(path: path)] } }
    #expect(try TestClient(.unix(path))("PING") == .simple("PONG"), "the live one is left alone")
    first.server.end()
  }

  @Test("other machines are let in only where that was said in words")
  func loopback() throws {
    #expect(throws: ServerFailure.beyondLoopback("0.0.0.0:0")) {
      _ = try Shop { $0.resp = [.tcp(host: "0.0.0.0", port: 0)] }
    }
    let shop = try Shop {
      $0.resp = [.tcp(host: "0.0.0.0", port: 0)]
      $0.allowsAnyone = true
    }
    #expect(try shop.client()("PING") == .simple("PONG"))
    #expect(throws: ServerFailure.self) { _ = try Shop { $0.resp = [.tcp(host: "127.0.0.1", port: shop.port)] } }
  }
}
