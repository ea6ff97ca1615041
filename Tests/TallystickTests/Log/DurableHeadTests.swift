import Testing

@testable import TallyFormat
@testable import Tallystick

@Suite("The durable head")
struct DurableHeadTests {
  private func head(_ number: UInt64) -> ChainHead {
    ChainHead(nextFrame: number, lastSequence: number * 10, hash: .zero, epoch: 1)
  }

  @Test("is told at once to who has not seen it, and waited for by who has")
  func waiting() async {
    let durable = DurableHead(head(3))
    #expect(durable.lastSequence == 30 && durable.current == head(3))
    #expect(durable.wait(after: head(2)) == head(3))
    #expect(durable.wait(after: head(3), timeout: .zero) == nil)
    async let next = durable.next(after: head(3))
    async let alsoNext = durable.next(after: head(3))
    durable.publish(head(4))
    #expect(await next == head(4))
    #expect(await alsoNext == head(4))
    #expect(await durable.next(after: head(3)) == head(4))
  }

  @Test("ends for all who wait when the log is closed, after what is durable")
  func ending() async {
    let durable = DurableHead(head(3))
    async let next = durable.next(after: head(3))
    durable.end()
    #expect(await next == nil)
    #expect(durable.wait(after: head(3)) == nil)
    #expect(durable.wait(after: head(1)) == head(3))
    var seen: [ChainHead] = []
    for await head in durable.heads() { seen.append(head) }
    #expect(seen == [head(3)])
  }

  @Test("is not waited for by a task that is cancelled, before or after it began to wait", arguments: [true, false])
  func cancelling(early: Bool) async {
    let durable = DurableHead(head(3))
    let (began, beginning) = AsyncStream.makeStream(of: Void.self)
    let waiting = Task { () -> ChainHead? in
      if early { while !Task.isCancelled { await Task.yield() } }
      beginning.yield()
      return await durable.next(after: head(3))
    }
    if early { waiting.cancel() }
    for await _ in began { break }
    waiting.cancel()
    #expect(await waiting.value == nil)
  }

  @Test("of a log moves with its frames, and its heads are the frames that a reader finds")
  func ofLog() async throws {
    let test = try TestLog()
    let log = try test.open()
    let before = log.durable.current
    log.receive("tea", 5)
    let after = try #require(log.durable.wait(after: before))
    #expect(after.lastSequence == 2 && after.nextFrame > before.nextFrame)
    log.close()
    let info = try LogReader(test.path).info()
    #expect(log.durable.current == info.head)
    #expect(await log.durable.next(after: info.head) == nil)
  }
}
