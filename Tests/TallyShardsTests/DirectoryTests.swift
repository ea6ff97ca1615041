import TallyTestSupport
import Testing

@testable import TallyShards

@Suite("The directory of names")
struct DirectoryTests {
  @Test("never misses, and never takes an entry back", arguments: Seeds.few(4))
  func invariant(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var directory = NameDirectory()
    var model: [UInt64: NameDirectory.Entry] = [:]
    for _ in 0..<20_000 {
      let name = NameDirectory.fingerprint(Name("name-\(random.number(0...5_000))"))
      #expect(directory[name] == model[name] ?? .none, "seed \(seed)")
      let shard = random.number(0...3)
      if shard == 3 {
        directory.askAll(name)
        model[name] = .ask
      } else {
        directory.note(name, in: shard)
        switch model[name] ?? .none {
        case .none: model[name] = .shard(shard)
        case .shard(let known) where known != shard: model[name] = .ask
        case .shard, .ask: break
        }
      }
    }
    for (name, entry) in model { #expect(directory[name] == entry, "seed \(seed)") }
    #expect(directory.count == model.count)
  }
}
