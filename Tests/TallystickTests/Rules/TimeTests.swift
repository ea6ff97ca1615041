import Tallystick
import Testing

@Suite("Times")
struct TimeTests {
  @Test("without a time a command has the clock's")
  func clock() {
    var shop = Shop()
    shop.ask(.receive(tea, 1))
    #expect(shop.judge.lastTime == shop.now)
  }

  @Test("or the last event's if the clock is behind it")
  func clockBehind() {
    var shop = Shop.with(line(tea, 1))
    let last = shop.now
    shop.now -= 5_000
    #expect(shop.ask(.reserve("o", tea, 1, timeToLive: 10)).isAccepted)
    #expect(shop.judge.lastTime == last)
    #expect(shop.model.events.last?.time == last)
  }

  @Test("an explicit time before the last event's is rejected, the same is not")
  func backwards() {
    var shop = Shop.with(line(tea, 1))
    #expect(shop.ask(.receive(tea, 1), at: shop.now - 1).rejection == Rejection(.time, at: 2))
    #expect(shop.ask(.receive(tea, 1), at: shop.now).isAccepted)
  }

  @Test("an explicit time lies at most 60 s ahead of the clock")
  func ahead() {
    var shop = Shop()
    #expect(shop.ask(.receive(tea, 1), at: shop.now + 60_001).rejection == Rejection(.time, at: 0))
    #expect(shop.ask(.receive(tea, 1), at: most).reason == .time)
    #expect(shop.ask(.receive(tea, 1), at: shop.now + 60_000).isAccepted)
    #expect(shop.judge.lastTime == shop.now + 60_000)
    #expect(shop.ask(.receive(tea, 1)).isAccepted)
    #expect(shop.judge.lastTime == shop.now + 60_000)
  }

  @Test("an empty log takes any time from 1970 on")
  func emptyLog() {
    var shop = Shop()
    #expect(shop.ask(.receive(tea, 1), at: -1).isInvalid)
    #expect(shop.ask(.receive(tea, 1), at: 0).isAccepted)
    #expect(shop.ask(.receive(tea, 1), at: 7).isAccepted)
  }

  @Test("a wrong time is the reason before any other, a repeat included")
  func first() {
    var shop = Shop.with(line(tea, 1))
    shop.ask(.reserve("o", tea, 1))
    #expect(shop.ask(.reserve("o", tea, 1), at: shop.now - 1).reason == .time)
    #expect(shop.ask(.commit(id: "nothing"), at: shop.now - 1).reason == .time)
    #expect(shop.ask(.batch([.receive(tea, 1)]), at: shop.now - 1).rejection == Rejection(.time, at: 3))
  }
}
