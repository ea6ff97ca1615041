import TallyFormat
import TallyTestSupport
import TallyThreads
import Testing

@testable import TallyAudit

@Suite("Digests of states")
struct StateHasherTests {
  @Test(
    "are those of the states' parts in order, whoever writes and hashes them", arguments: Seeds.few(4), [0, 1, 3])
  func order(seed: UInt64, helpers: Int) {
    var random = SplitMix64(seed: seed)
    let states = (0..<6).map { _ in
      // More parts than may wait, and parts that outgrow their memory.
      (0..<random.number(1...70)).map { _ in
        [UInt8](repeating: UInt8(random.number(0...255)), count: random.number(0...200_000))
      }
    }
    let lock = Lock()
    let hasher = StateHasher(isAlone: helpers == 0, lock)
    let threads = JoinedThreads(helpers) {
      lock.lock()
      while !hasher.isDone {
        if hasher.writeNext() || hasher.hashNext() { continue }
        lock.wait()
      }
      lock.unlock()
    }
    for (number, parts) in states.enumerated() {
      let place = hasher.pass(parts: parts.count) { part, bytes in
        var out = StateBytes.Writer(bytes)
        parts[part].withUnsafeBytes { out.bytes($0) }
      }
      #expect(place == number)
    }
    hasher.close()
    threads.join()
    let expected = states.map { parts in
      var stream = DigestStream()
      for part in parts { part.withUnsafeBytes { stream.update($0) } }
      return stream.digest
    }
    #expect(hasher.digests() == expected, "seed \(seed)")
  }
}
