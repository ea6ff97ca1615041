import TallyFormat
import TallyTestSupport
import Testing

@testable import TallyAudit

@Suite("Frames that are used again")
struct FramePoolTests {
  /// So many received events, decoded into the frame's memory.
  private func fill(_ frame: PreparedFrame, events: Int) {
    frame.columns.reset(firstSequence: 1)
    for _ in 0..<events {
      frame.columns.appendReceipt(LineEntry(item: ItemNumber(0), quantity: 1), time: 0)
    }
    frame.noteMemory()
  }

  @Test("bring along no more memory than the pool may keep, however many are out", arguments: Seeds.few(4))
  func bound(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let most = 1 << 20
    var pool = FramePool(mostBytes: most)
    var out: [PreparedFrame] = []
    var reused = 0
    for _ in 0..<2_000 {
      if out.isEmpty || random.number(0...1) == 0, out.count < 300 {
        let frame = pool.take()
        if frame.memory > 0 { reused += 1 }
        out.append(frame)
        #expect(out.reduce(0) { $0 + $1.memory } <= most, "\(Seeds.replay(seed, of: "FramePoolTests"))")
      } else {
        // One in ten is large, another one each time.
        let frame = out.remove(at: random.number(0...(out.count - 1)))
        fill(frame, events: random.number(0...9) == 0 ? 4_000 : 1)
        pool.giveBack(frame)
        #expect(pool.keptBytes <= most)
      }
    }
    #expect(reused > 100)
  }

  @Test("a frame larger than all that may be kept is forgotten, and its memory is counted no more")
  func forgotten() {
    var pool = FramePool(mostBytes: 1 << 16)
    let frame = pool.take()
    fill(frame, events: 10)
    pool.giveBack(frame)
    #expect(pool.keptBytes == frame.memory && frame.memory > 0)
    let again = pool.take()
    #expect(again === frame)
    fill(again, events: 10_000)
    pool.giveBack(again)
    #expect(pool.keptBytes == 0)
    #expect(pool.take() !== again)
  }
}
