import TallyTestSupport
import TallyThreads
import Testing

@testable import Tallystick

@Suite("Memory made ready ahead")
struct MemoryAheadTests {
  /// Not an idle one, which may find no time beside other tests.
  private let thread: @Sendable (@escaping @Sendable () -> Void) -> Bool = { DedicatedThread.start($0) }

  private func ready<Element>(_ ahead: MemoryAhead<Element>, _ capacity: Int) async throws -> [Element] {
    while true {
      if let array = ahead.take(capacity: capacity) { return array }
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  @Test("is handed over once, empty or filled, and with the capacity that was asked for")
  func once() async throws {
    let ahead = MemoryAhead<UInt64>(on: thread)
    #expect(ahead.take(capacity: 4096) == nil, "nothing was begun")
    ahead.begin(capacity: 4096, filledWith: 7)
    #expect(try await ready(ahead, 4096) == [UInt64](repeating: 7, count: 4096))
    #expect(ahead.take(capacity: 4096) == nil, "it was taken")

    ahead.begin(capacity: 1000)
    var empty = try await ready(ahead, 1000)
    #expect(empty.isEmpty && empty.capacity >= 1000)
    let before = empty.withUnsafeBufferPointer { $0.baseAddress }
    empty.append(contentsOf: 0..<1000)
    #expect(empty.withUnsafeBufferPointer { $0.baseAddress } == before, "it was copied to grow")
  }

  @Test("of another size is of no use, and gone")
  func otherSize() async throws {
    let ahead = MemoryAhead<UInt64>(on: thread)
    ahead.begin(capacity: 64, filledWith: 0)
    ahead.begin(capacity: 128, filledWith: 0)
    let array = try await ready(ahead, 64)
    #expect(array.count == 64, "the first that was begun")
    ahead.begin(capacity: 64, filledWith: 0)
    while ahead.take(capacity: 32) == nil {
      // Whether it was thrown away shows in that a new one can be begun.
      ahead.begin(capacity: 32, filledWith: 1)
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  @Test("is touched by whoever needs it where no thread can be had")
  func noThread() {
    let ahead = MemoryAhead<UInt64>(on: { _ in false })
    ahead.begin(capacity: 64, filledWith: 0)
    #expect(ahead.take(capacity: 64) == nil)
  }

  @Test("changes nothing of what a table of names knows")
  func names() {
    var plain = NameTable(after: 0)
    var ahead = NameTable(after: 0)
    let names = 200_000
    var generator = SplitMix64(seed: 20)
    for sequence in 1...UInt64(names) {
      let fingerprint = generator.next()
      plain.insert(fingerprint, sequence)
      ahead.insert(fingerprint, sequence)
      if sequence % 64 == 0 { ahead.growAhead() }
    }
    generator = SplitMix64(seed: 20)
    #expect(plain.count == names && ahead.count == names)
    for _ in 0..<names {
      let fingerprint = generator.next()
      #expect(plain.first(fingerprint) == ahead.first(fingerprint))
    }
  }
}
