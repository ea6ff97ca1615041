import TallyTestSupport
import Testing

/// A bulk load whose answers are kept, as a client keeps them, over every interruption.
struct Load {
  let text: String
  let count: Int
  /// The event of each line that was acknowledged.
  private(set) var acknowledged: [Int: Int] = [:]

  /// `count` reservations with ids that do not compress, so that they fill a disk.
  init(_ count: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.count = count + 1
    text =
      Lines.receive(count, key: "opening")
      + (0..<count).map { _ in Lines.reserve("\(random.next())-\(random.next())") }.joined()
  }

  /// Takes note of answers: what was acknowledged once must be repeated with the same event.
  mutating func note(_ ended: RunningProgram.Ended, _ source: SourceLocation = #_sourceLocation) {
    for answer in ended.objects {
      guard let line = answer["line"] as? Int, let status = answer["status"] as? String else {
        Issue.record("an answer is none: \(answer)", sourceLocation: source)
        return
      }
      if status == "failed" { continue }
      guard status == "accepted" || status == "repeated", let sequence = answer["seq"] as? Int else {
        Issue.record("line \(line): \(answer)", sourceLocation: source)
        return
      }
      if let before = acknowledged[line] {
        #expect(
          status == "repeated" && sequence == before,
          "line \(line) was acknowledged as event \(before), and is now \(answer)", sourceLocation: source)
        if status != "repeated" || sequence != before { return }
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
}
