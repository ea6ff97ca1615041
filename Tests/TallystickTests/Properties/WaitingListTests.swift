import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("The places of a line")
struct WaitingListTests {
  @Test("a set of places knows its first, its members and how many come before", arguments: Seeds.few(20))
  func places(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var set = PlaceSet()
    var plain = Set<Int>()
    let size = random.pick([3, 64, 65, 4_096, 4_097, 300_000])
    for _ in 0..<400 {
      let place = random.number(0...(size - 1))
      if random.one(in: 3) {
        set.remove(place)
        plain.remove(place)
      } else {
        set.insert(place)
        plain.insert(place)
      }
      let probe = random.number(0...size)
      guard set.first == plain.min(), set.contains(probe) == plain.contains(probe),
        set.count(below: probe) == plain.count(where: { $0 < probe })
      else {
        Issue.record("\(set.first as Any), not \(plain.min() as Any): \(Seeds.replay(seed, of: "WaitingListTests"))")
        return
      }
    }
    var visited = [Int]()
    set.visit { visited.append($0) }
    #expect(visited == plain.sorted())
  }

  @Test("a queue adds up what is wanted, whoever comes, leaves and comes back", arguments: Seeds.few(20))
  func sums(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var queue = WaitingQueue()
    var plain: [(sequence: UInt64, quantity: Int64)] = []
    var next: UInt64 = 0
    for _ in 0..<600 {
      switch random.number(0...5) {
      case 0...2:
        next += UInt64(random.number(1...3))
        let quantity = Int64(random.number(1...9))
        queue.join(next, wanting: quantity)
        plain.append((next, quantity))
        if random.one(in: 8) {
          queue.withdrawLast()
          plain.removeLast()
        }
      case 3...4:
        guard !plain.isEmpty else { continue }
        let index = random.one(in: 2) ? 0 : random.number(0...(plain.count - 1))
        let (sequence, quantity) = plain[index]
        queue.leave(sequence, wanting: quantity)
        if random.one(in: 4) {
          queue.comeBack(sequence, wanting: quantity)
        } else {
          plain.remove(at: index)
          if random.one(in: 2) { queue.closeGaps() }
        }
      default:
        if let one = plain.randomElement(using: &random) { queue.watch(one.sequence) }
      }
      guard queue.count == plain.count, let probe = plain.randomElement(using: &random) else { continue }
      let before = plain.filter { $0.sequence < probe.sequence }
      #expect(queue.units(through: probe.sequence) == before.reduce(probe.quantity) { $0 + $1.quantity })
      #expect(queue.countBefore(probe.sequence) == before.count)
    }
    var visited = [UInt64]()
    queue.visit { visited.append($0) }
    #expect(visited == plain.map(\.sequence), "\(Seeds.replay(seed, of: "WaitingListTests"))")
  }

  @Test("watchers stay watched when the others move up")
  func watchers() {
    var queue = WaitingQueue()
    for sequence in UInt64(1)...200 { queue.join(sequence, wanting: 1) }
    queue.watch(150)
    queue.watch(180)
    for sequence in UInt64(1)...149 { queue.leave(sequence, wanting: 1) }
    queue.closeGaps()
    #expect(queue.firstWatched?.sequence == 150 && queue.firstWatched?.units == 1)
    queue.forgetFirstWatched()
    #expect(queue.firstWatched?.sequence == 180 && queue.firstWatched?.units == 31)
  }
}
