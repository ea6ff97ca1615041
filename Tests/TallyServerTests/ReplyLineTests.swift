import TallyRESP
import TallyTestSupport
import Testing

@testable import TallyServer

@Suite("A connection's answers")
struct ReplyLineTests {
  @Test("go out in the order of the commands, in whatever order they come")
  func order() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      var line = ReplyLine()
      var output = WireWriter()
      var expected = WireWriter()
      var pending: [(ticket: UInt64, number: Int)] = []
      var number = 0
      for _ in 0..<random.number(1...80) {
        number += 1
        if random.one(in: 5) {
          // A run of commands, which is answered as one.
          let count = random.number(1...9)
          let first = line.next
          line.take(count, .two)
          for offset in 0..<count { expected.integer(number + offset) }
          if random.one(in: 2), pending.isEmpty, line.count >= count {
            line.put(first, integersFrom: UInt64(number), count, into: &output)
          } else {
            for offset in 0..<count { pending.append((first + UInt64(offset), number + offset)) }
          }
          number += count - 1
          continue
        }
        expected.integer(number)
        if random.one(in: 3) {
          line.answer(into: &output) { $0.integer(number) }
        } else {
          pending.append((line.take(.two), number))
        }
        while !pending.isEmpty, random.one(in: 2) {
          // Mostly in order.
          let index = random.one(in: 4) ? random.number(0...pending.count - 1) : 0
          let answered = pending.remove(at: index)
          line.put(answered.ticket, into: &output) { $0.integer(answered.number) }
        }
        #expect(line.count >= pending.count && line.isEmpty == (line.count == 0), "seed \(seed)")
      }
      for (ticket, number) in pending.shuffled(using: &random) {
        line.put(ticket, into: &output) { $0.integer(number) }
      }
      #expect(output.bytes == expected.bytes, "seed \(seed)")
      #expect(line.isEmpty && line.count == 0, "seed \(seed)")
    }
  }
}
