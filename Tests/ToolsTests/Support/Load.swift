import TallyTestSupport
import Testing

/// A bulk load whose answers are kept, as a client keeps them, over every interruption.
struct Load {
  private let lines: [String]
  /// The event of each line that was acknowledged.
  private(set) var acknowledged: [Int: Int] = [:]

  var count: Int { lines.count }
  var text: String { lines.joined() }

  /// `count` reservations with ids that do not compress, so that they fill a disk.
  init(_ count: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    lines =
      [Lines.receive(count, key: "opening")]
      + (0..<count).map { _ in Lines.reserve("\(random.next())-\(random.next())") }
  }

  /// Lines from `first` (0: the first) on.
  func text(from first: Int) -> String { lines[first...].joined() }

  /// Where to go on: a few lines before the first that was not acknowledged, so that there are repeats.
  var resume: Int { max(0, acknowledged.count - 20) }

  /// Takes note of answers to ``text(from:)``: what was acknowledged once must be repeated with the same event.
  mutating func note(
    _ ended: RunningProgram.Ended, from first: Int = 0, _ source: SourceLocation = #_sourceLocation
  ) {
    // A last line without an end was cut when the program was killed: it is no answer.
    let whole = ended.output.utf8.lastIndex(of: 0x0A).map { ended.output.utf8[..<$0] } ?? ""[...].utf8
    for answer in whole.split(separator: 0x0A) {
      guard let number = Load.number("line", in: answer), first + number <= count else {
        Issue.record("an answer is none: \(Substring(answer))", sourceLocation: source)
        return
      }
      let line = first + number - 1
      if Load.contains("failed", answer) { continue }
      let isRepeat = Load.contains("repeated", answer)
      guard isRepeat || Load.contains("accepted", answer), let sequence = Load.number("seq", in: answer),
        acknowledged[line] == nil || isRepeat && acknowledged[line] == sequence
      else {
        Issue.record(
          "line \(line) was acknowledged as event \(acknowledged[line] ?? 0), and is now \(Substring(answer))",
          sourceLocation: source)
        return
      }
      acknowledged[line] = sequence
    }
  }

  /// Runs it to the end on `tally`'s log: everything acknowledged before is repeated, the rest accepted, once each.
  mutating func complete(on tally: Tool, _ source: SourceLocation = #_sourceLocation) {
    let ended = tally("append", input: text)
    note(ended, source)
    #expect(ended.status == 0, "\(ended.errors)", sourceLocation: source)
    #expect(acknowledged.count == count && Set(acknowledged.values).count == count, sourceLocation: source)
    #expect(tally("stock", "--json").object["available"] as? Int == 0, sourceLocation: source)
    #expect(tally.verdict() == "proven", sourceLocation: source)
  }

  // Thousands of answers: a parser of JSON would be most of the test.

  /// The answers' lines are short, and the words that are looked for stand in them once.
  private static func contains(_ status: String, _ answer: Substring.UTF8View) -> Bool {
    Substring(answer).contains(#""status":"\#(status)""#)
  }

  private static func number(_ field: String, in answer: Substring.UTF8View) -> Int? {
    let key = Array(#""\#(field)":"#.utf8)
    var rest = answer[...]
    while let quote = rest.firstIndex(of: UInt8(ascii: "\"")) {
      rest = rest[quote...]
      if rest.starts(with: key) {
        return Int(Substring(rest.dropFirst(key.count).prefix { $0 &- 48 < 10 }))
      }
      rest = rest.dropFirst()
    }
    return nil
  }
}
