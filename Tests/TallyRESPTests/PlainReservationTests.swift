import TallyTestSupport
import Tallystick
import Testing

@testable import TallyRESP

@Suite("A plain reservation")
struct PlainReservationTests {
  private static let words = [
    "STOCK.RESERVE", "stock.Reserve", "STOCK.COMMIT", "o1", "tea", "tea@berlin", "a@b@c", "@", "tea@", "@x", "TTL",
    "ttl",
    "WAIT", "0", "1", "+2", "-1", "007", "9007199254740991", "9007199254740992", "99999999999999999999", "1x", "",
    "tea@*", "KEY",
  ]

  /// As the parser reads it; `nil`: it refuses it, or it is another command.
  private func parsed(_ words: Words) -> Command? {
    guard let verb = StockVerb(words[0]), case .command(let command)? = try? StockParser.parse(words, verb) else {
      return nil
    }
    return command
  }

  private func command(_ plain: PlainReservation) -> Command {
    let item = ItemName(sku: Name(bytes: Array(plain.sku)), location: Name(bytes: Array(plain.location)))
    return Command(
      .reserve(id: Name(bytes: Array(plain.id)), [Line(item, plain.quantity)], timeToLive: plain.timeToLive))
  }

  @Test("is found where it ends, whatever comes behind it; an end of a line that is none is left to others")
  func ends() {
    let first = "*4\r\n$13\r\nSTOCK.RESERVE\r\n$2\r\no1\r\n$3\r\ntea\r\n$1\r\n2\r\n"
    for rest in ["", first, "*", "nonsense", "\r\n"] {
      Array((first + rest).utf8).withUnsafeBytes { #expect(PlainReservation($0)?.byteCount == first.utf8.count) }
    }
    for (part, other) in [
      ("\r\n2\r\n", "\r\n2\n\n"), ("$3", "$4"), ("$3", "$03x"), ("$3", "$-3"), ("$3", "$99999999999999999999"),
      ("*4", "*5"), ("$1\r", "$0\r"),
    ] {
      let pieces = Self.split(Array(first.utf8), at: Array(part.utf8))
      let wrong = pieces.before + Array(other.utf8) + pieces.behind
      wrong.withUnsafeBytes { #expect(PlainReservation($0) == nil, "\(other.debugDescription)") }
    }
  }

  private static func split(_ bytes: [UInt8], at part: [UInt8]) -> (before: [UInt8], behind: [UInt8]) {
    let start = bytes.indices.first { bytes[$0...].starts(with: part) } ?? bytes.endIndex
    return (Array(bytes[..<start]), Array(bytes[start...].dropFirst(part.count)))
  }

  @Test("is what the parser makes of the same words, as far as it is a command")
  func agrees() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    var plain = 0
    for _ in 0..<20_000 {
      var chosen = ["STOCK.RESERVE", "o1", "tea", "2"]
      if random.one(in: 2) { chosen += ["TTL", "900"] }
      for _ in 0..<random.number(0...2) {
        chosen[random.number(0...chosen.count - 1)] = Self.words[random.number(0...Self.words.count - 1)]
      }
      var bytes = Array("*\(chosen.count)\r\n".utf8)
      for word in chosen { bytes += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
      var decoder = WireDecoder()
      bytes.withUnsafeBytes { bytes in
        guard (try? decoder.decode(bytes)) != nil else { return #expect(Bool(false), "seed \(seed)") }
        for count in 0..<bytes.count where random.one(in: 20) {
          #expect(PlainReservation(UnsafeRawBufferPointer(rebasing: bytes[..<count])) == nil, "not all has come")
        }
        decoder.withWords(in: bytes) { words in
          guard let reservation = PlainReservation(bytes) else { return }
          plain += 1
          #expect(reservation.byteCount == bytes.count)
          // What is wrong with a name or number is told by the parser: such a one is not taken.
          let command = command(reservation)
          if let parsed = parsed(words) {
            #expect(parsed == command, "\(chosen), seed \(seed)")
          } else {
            let names = [reservation.id, reservation.sku, reservation.location]
            #expect(
              names.contains { Form.flaw(ofName: $0, "it") != nil } || !Form.quantities.contains(reservation.quantity),
              "\(chosen), seed \(seed)")
          }
        }
      }
    }
    #expect(plain > 5_000)
  }
}
