import TallyRESP
import Tallystick

/// What clients of Redis may send.
enum WireTargets {
  /// The same commands must be found whole and in pieces, whatever the cut: the first byte says how long they are.
  static func stream(_ bytes: [UInt8]) -> String? {
    let piece = max(1, Int(bytes.first ?? 1))
    let stream = Array(bytes.dropFirst())
    let whole = read(stream, pieces: stream.count)
    let cut = read(stream, pieces: piece)
    if whole.flaw != cut.flaw { return "whole: \(whole.flaw ?? "none"), in pieces: \(cut.flaw ?? "none")" }
    return whole.answers == cut.answers ? nil : "other commands whole than in pieces of \(piece) bytes"
  }

  private struct Found {
    /// What is made of each command.
    var answers: [String] = []
    var flaw: String?
  }

  private static func read(_ stream: [UInt8], pieces: Int) -> Found {
    var found = Found()
    var decoder = WireDecoder()
    var unread: [UInt8] = []
    var rest = stream[...]
    while !rest.isEmpty {
      unread += rest.prefix(pieces)
      rest = rest.dropFirst(pieces)
      do throws(WireFlaw) {
        while let count = try step(&decoder, unread, &found) { unread.removeFirst(count) }
      } catch {
        found.flaw = error.description
        return found
      }
    }
    return found
  }

  private static func step(
    _ decoder: inout WireDecoder, _ unread: [UInt8], _ found: inout Found
  ) throws(WireFlaw) -> Int? {
    let result: Result<(Int, String)?, WireFlaw> = unread.withUnsafeBytes { bytes in
      do throws(WireFlaw) {
        guard let count = try decoder.decode(bytes) else { return .success(nil) }
        return .success((count, decoder.withWords(in: bytes, answer)))
      } catch {
        return .failure(error)
      }
    }
    guard let (count, answer) = try result.get() else { return nil }
    found.answers.append(answer)
    return count
  }

  /// What the words ask for, or why nothing.
  private static func answer(_ words: Words) -> String {
    guard words.count > 0 else { return "nothing" }
    guard let verb = StockVerb(words[0]) else { return words.shown(0) }
    do throws(StockFlaw) {
      return "\(try StockParser.parse(words, verb))"
    } catch {
      var writer = WireWriter()
      writer.error(RefusalWords.text(error))
      // One line, whatever the words held.
      return writer.bytes.count(where: { $0 == 0x0A }) == 1
        ? String(decoding: writer.bytes, as: UTF8.self) : "two lines"
    }
  }

  static let seeds = [
    "\u{7}*6\r\n$13\r\nSTOCK.RESERVE\r\n$7\r\norder-1\r\n$3\r\ntea\r\n$1\r\n2\r\n$3\r\nTTL\r\n$3\r\n900\r\n*1\r\n$4\r\nPING\r\n",
    "\u{3}STOCK.ADJUST tea@berlin BY -3 'a loss' RELEASE newest TRIM KEY \"k\\x41\\n\"\r\nSTOCK.EVENTS 7 COUNT 5\n",
    "\u{1}*8\r\n$14\r\nSTOCK.TRANSFER\r\n$3\r\ntea\r\n$1\r\n5\r\n$4\r\nmain\r\n$6\r\nberlin\r\n$4\r\nWITH\r\n$2\r\no1\r\n$2\r\no2\r\n",
  ].map { Array($0.utf8) }
}
