import TallyThreads
import Testing

@Suite("Threads")
struct ThreadTests {
  @Test("joined threads have all run when they are joined")
  func joined() {
    let count = Monitor(0)
    let threads = JoinedThreads(4) { for _ in 0..<1_000 { count.access { $0 += 1 } } }
    threads.join()
    #expect(threads.isEmpty)
    #expect(count.access { $0 } == 4_000)
  }

  @Test("a thread of its own hands a value to one that waits", arguments: [0, 5] as [Int32])
  func handOver(_ niceness: Int32) {
    let box = Monitor<Int?>(nil)
    #expect(DedicatedThread.start(niceness: niceness) { box.signal { $0 = 7 } })
    #expect(box.wait { $0 } == 7)
  }

  @Test("a wait ends when its time is over, with what stands then")
  func timeout() {
    #expect(Monitor(1).wait(timeout: 1) { (_: inout Int) -> Int? in nil } == nil)
    #expect(Monitor(1).wait(timeout: 0) { $0 } == 1)
    #expect(Monitor(1).wait(timeout: .infinity) { $0 } == 1)
  }

  @Test("a body that throws gives the monitor back")
  func throwing() {
    struct Refused: Error {}
    let monitor = Monitor(1)
    #expect(throws: Refused.self) { try monitor.signal { _ in throw Refused() } }
    #expect(monitor.access { $0 } == 1)
  }

  @Test("a held lock cannot be taken; a waiting thread is woken under it")
  func lock() {
    let lock = Lock()
    lock.lock()
    let couldTake = SharedFlag()
    let isWoken = SharedFlag()
    let isReady = Monitor(false)
    let threads = JoinedThreads(1) {
      if lock.tryLock() { couldTake.set() }
      isReady.signal { $0 = true }
      lock.lock()
      isWoken.set()
      lock.wakeAll()
      lock.unlock()
    }
    _ = isReady.wait { $0 ? true : nil }
    while !isWoken.isSet { lock.wait() }
    lock.unlock()
    threads.join()
    #expect(!couldTake.isSet)
    #expect(lock.tryLock())
    lock.unlock()
  }

  @Test("of many that set a flag one is told that it was the first")
  func once() {
    let flag = SharedFlag()
    let firsts = Monitor(0)
    JoinedThreads(4) { if flag.set() { firsts.access { $0 += 1 } } }.join()
    #expect(flag.isSet)
    #expect(firsts.access { $0 } == 1)
  }
}
