import TallyTestSupport

/// Messages between one router and its shards: late, out of order, twice or never, and none through a partition.
///
/// Time here is steps, and moves only when nothing else is due. One seed gives one run.
struct SimulatedNetwork<Message> {
  private struct Envelope {
    let message: Message
    let due: Int
    let number: Int
    /// The shard at the other end: what a partition is about.
    let shard: Int
  }

  private var random: SplitMix64
  private var envelopes: [Envelope] = []
  private var count = 0
  private(set) var now = 0
  /// Shards that nothing reaches and that reach nobody.
  var cutOff: Set<Int> = []
  /// A message is lost, or comes twice, once in so many times; 0: never.
  var lossRate = 0
  var longestDelay = 0
  private(set) var lost = 0

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func send(_ message: Message, shard: Int) {
    if lossRate > 0, random.one(in: lossRate) {
      lost += 1
      return
    }
    let copies = lossRate > 0 && random.one(in: lossRate) ? 2 : 1
    for _ in 0..<copies {
      count += 1
      let due = now + 1 + random.number(0...longestDelay)
      envelopes.append(Envelope(message: message, due: due, number: count, shard: shard))
    }
  }

  /// Lets time pass up to the next message, and takes it; `nil`: there is none.
  mutating func next() -> Message? {
    while let index = envelopes.indices.min(by: { earlier(envelopes[$0], envelopes[$1]) }) {
      let envelope = envelopes.remove(at: index)
      now = max(now, envelope.due)
      if !cutOff.contains(envelope.shard) { return envelope.message }
      lost += 1
    }
    return nil
  }

  /// Nothing is on its way: time passes all the same.
  mutating func pass(_ steps: Int) { now += steps }

  private func earlier(_ a: Envelope, _ b: Envelope) -> Bool { (a.due, a.number) < (b.due, b.number) }

  var isQuiet: Bool { envelopes.isEmpty }
}
