import TallyTestSupport
import Testing

@testable import TallyRESP

@Suite("The stream of commands")
struct WireDecoderTests {
  /// All commands of a stream that comes in these pieces, or what is wrong with it.
  private func commands(
    _ pieces: [[UInt8]], limits: WireLimits = WireLimits()
  ) -> Result<[[[UInt8]]], WireFlaw> {
    var decoder = WireDecoder(limits: limits)
    var unread: [UInt8] = []
    var found: [[[UInt8]]] = []
    do throws(WireFlaw) {
      for piece in pieces {
        unread += piece
        while true {
          let step: Result<(Int, [[UInt8]])?, WireFlaw> = unread.withUnsafeBytes { bytes in
            do throws(WireFlaw) {
              guard let count = try decoder.decode(bytes) else { return .success(nil) }
              let words = decoder.withWords(in: bytes) { words in (0..<words.count).map { Array(words[$0]) } }
              return .success((count, words))
            } catch { return .failure(error) }
          }
          guard let (count, words) = try step.get() else { break }
          unread.removeFirst(count)
          found.append(words)
        }
      }
    } catch { return .failure(error) }
    return .success(found)
  }

  private func commands(_ text: String, limits: WireLimits = WireLimits()) -> Result<[[String]], WireFlaw> {
    commands([Array(text.utf8)], limits: limits).map { $0.map { $0.map { String(decoding: $0, as: UTF8.self) } } }
  }

  @Test("is arrays of bulk strings, and lines of words")
  func reading() {
    #expect(commands("*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$0\r\n\r\n") == .success([["PING"], ["ECHO", ""]]))
    #expect(commands("PING\r\nSTOCK.GET  tea \n") == .success([["PING"], ["STOCK.GET", "tea"]]))
    #expect(commands("\r\n*0\r\n*-1\r\nPING\n") == .success([[], [], [], ["PING"]]))
    #expect(commands("*1\r\n$4\r\nPI") == .success([]))
  }

  @Test("may have blanks, quotes and any bytes in the words of a line")
  func quotes() {
    #expect(commands(#"SET "a b" 'c "d"' "\x41\n\"" ''"# + "\n") == .success([["SET", "a b", "c \"d\"", "A\n\"", ""]]))
    #expect(commands("ECHO 'it\\'s'\n") == .success([["ECHO", "it's"]]))
    for line in ["\"open\n", "'open\n", "\"a\"b\n", "'a'b\n"] {
      #expect(commands(line) == .failure(WireFlaw("unbalanced quotes in request")), "\(line)")
    }
  }

  @Test("is the same in whatever pieces it comes, down to single bytes")
  func pieces() {
    for seed in Seeds.few(50) {
      var random = SplitMix64(seed: seed)
      var stream: [UInt8] = []
      var expected: [[[UInt8]]] = []
      for _ in 0..<random.number(1...8) {
        if random.one(in: 4) {
          stream += Array("PING  \"x\\x00y\"\r\n".utf8)
          expected.append([Array("PING".utf8), [0x78, 0, 0x79]])
        } else {
          let words = (0..<random.number(1...5)).map { _ in random.bytes(random.number(0...40)) }
          stream += Array("*\(words.count)\r\n".utf8)
          for word in words { stream += Array("$\(word.count)\r\n".utf8) + word + [0x0D, 0x0A] }
          expected.append(words)
        }
      }
      let replay = Seeds.replay(seed, of: "WireDecoderTests")
      #expect(commands(stream.map { [$0] }) == .success(expected), "\(replay)")
      for cut in 0...stream.count {
        #expect(
          commands([Array(stream[..<cut]), Array(stream[cut...])]) == .success(expected), "cut at \(cut): \(replay)")
      }
    }
  }

  @Test("ends where it is no protocol, in words that clients of Redis know")
  func malformed() {
    for (text, flaw) in [
      ("*x\r\n", "invalid multibulk length"), ("*99999999999999999999\r\n", "invalid multibulk length"),
      ("*1048577\r\n", "invalid multibulk length"), ("*1\n", "invalid multibulk length"),
      ("*1\r\n:4\r\n", "expected '$', got ':'"), ("*1\r\n\u{1}4\r\n", "expected '$', got 'byte 1'"),
      ("*1\r\n$-1\r\n", "invalid bulk length"), ("*1\r\n$65537\r\n", "invalid bulk length"),
      ("*1\r\n$99999999999999999999999999\r\n", "invalid bulk length"),
      ("*1\r\n$4\r\nPINGxx", "expected CRLF after a bulk string"),
      (String(repeating: "x", count: 70_000), "too big inline request"),
      (String(repeating: "x", count: 70_000) + "\n", "too big inline request"),
    ] {
      #expect(commands(text) == .failure(WireFlaw(flaw)), "\(text.prefix(40))")
    }
  }

  @Test("takes no more memory than its limits, whatever lengths it tells")
  func bounded() {
    let word = "$60000\r\n" + String(repeating: "x", count: 60_000) + "\r\n"
    let text = "*1000\r\n" + String(repeating: word, count: 1_000)
    #expect(commands(text) == .failure(WireFlaw("invalid bulk length")))
    let limits = WireLimits()
    let most = "*\(limits.maxWords)\r\n" + String(repeating: "$1\r\nx\r\n", count: limits.maxWords)
    #expect(commands(most).map { $0.map(\.count) } == .success([limits.maxWords]))
  }

  @Test("of random bytes is commands or a flaw, and never anything else")
  func random() {
    for seed in Seeds.few(200) {
      var random = SplitMix64(seed: seed)
      let alphabet = Array("*$0123456789\r\n-+ '\"\\xPING".utf8)
      let bytes = (0..<random.number(1...200)).map { _ in
        random.one(in: 20) ? UInt8(random.number(0...255)) : random.pick(alphabet)
      }
      let whole = commands([bytes])
      let single = commands(bytes.map { [$0] })
      switch (whole, single) {
      case (.success(let a), .success(let b)): #expect(a == b, "\(Seeds.replay(seed, of: "WireDecoderTests"))")
      case (.failure, .failure): break
      default: Issue.record("whole and in pieces differ: \(Seeds.replay(seed, of: "WireDecoderTests"))")
      }
    }
  }
}
