import TallyThreads
import Testing

@testable import TallyServer

@Suite("How long the queue may be")
struct QueueLimitTests {
  private struct Times {
    var now: UInt64 = 5_000_000_000
    var delay = Duration.zero
    var frame = Duration.milliseconds(1)
  }
  private let times = Monitor(Times())

  private var limit: QueueLimit {
    let times = times
    return QueueLimit(
      most: .milliseconds(100), frame: { times.access { $0.frame } }, now: { times.access { $0.now } },
      delay: { times.access { $0.delay } })
  }

  private func set(after milliseconds: UInt64, delay: Duration) {
    times.access { times in
      times.now += milliseconds * 1_000_000
      times.delay = delay
    }
  }

  @Test("a burst may be long, for as long as a burst lasts")
  func burst() {
    let limit = limit
    #expect(limit.refusal() == nil)
    set(after: 1, delay: .milliseconds(99))
    #expect(limit.refusal() == nil)
    set(after: 99, delay: .milliseconds(100))
    #expect(limit.refusal() == nil)
    set(after: 0, delay: .milliseconds(101))
    #expect(limit.refusal() == .milliseconds(101))
  }

  @Test("a queue that stands must be short, until it has been empty and nobody was refused for a second")
  func standing() {
    let limit = limit
    set(after: 101, delay: .milliseconds(11))
    #expect(limit.refusal() == .milliseconds(11))
    set(after: 5, delay: .milliseconds(10))
    #expect(limit.refusal() == nil)
    set(after: 1_000, delay: .milliseconds(11))
    #expect(limit.refusal() == .milliseconds(11))
    set(after: 5, delay: .zero)
    #expect(limit.refusal() == nil)
    set(after: 90, delay: .milliseconds(90))
    #expect(limit.refusal() == .milliseconds(90), "it was worked off because nobody was let in")
    set(after: 1_001, delay: .zero)
    #expect(limit.refusal() == nil)
    set(after: 100, delay: .milliseconds(90))
    #expect(limit.refusal() == nil)
  }

  @Test("what a front end has taken and not answered counts like what waits in the log")
  func age() {
    let limit = limit
    #expect(limit.refusal(age: .milliseconds(99)) == nil)
    set(after: 50, delay: .zero)
    #expect(limit.refusal(age: .milliseconds(101)) == .milliseconds(101))
    set(after: 1, delay: .zero)
    #expect(limit.refusal(age: .milliseconds(11)) == .milliseconds(11))
    #expect(limit.refusal(age: .milliseconds(10)) == nil)
  }

  @Test("a disk that stands still for a moment, where a frame's worth always waits, is no queue that stands")
  func stall() {
    let limit = limit
    for _ in 0..<50 {
      set(after: 10, delay: .milliseconds(2))
      #expect(limit.refusal() == nil)
    }
    set(after: 90, delay: .milliseconds(90))
    #expect(limit.refusal() == nil)
    set(after: 20, delay: .milliseconds(11))
    #expect(limit.refusal() == .milliseconds(11))
  }

  @Test("on a slow disk a queue that stands may be two frames long, though never longer than a burst")
  func slowDisk() {
    let limit = limit
    times.access { $0.frame = .milliseconds(30) }
    set(after: 101, delay: .milliseconds(60))
    #expect(limit.refusal() == nil)
    set(after: 1, delay: .milliseconds(61))
    #expect(limit.refusal() == .milliseconds(61))
    times.access { $0.frame = .seconds(1) }
    #expect(limit.refusal() == nil)
    set(after: 1, delay: .milliseconds(101))
    #expect(limit.refusal() == .milliseconds(101))
  }
}
