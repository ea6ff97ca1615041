import TallyFormat
import TallyTestSupport
import Testing

@testable import TallyAudit

@Suite("The names of all nights in files")
struct NameRunsTests {
  private let directory = TemporaryDirectory()
  private var runs: NameRuns { NameRuns(folder: directory.path, files: LocalFileSystem()) }

  private func ledger(_ names: [UInt64]) -> NewNames {
    let ledgers = [LedgerReference(), LedgerReference()]
    for (place, name) in names.enumerated() { ledgers[place % 2].value.add(name) }
    return NewNames(ledgers: ledgers)
  }

  @Test(
    "tell exactly which names were used before, before and after they are written together", arguments: Seeds.few(4))
  func random(seed: UInt64) throws {
    let comment = Comment(rawValue: Seeds.replay(seed, of: "NameRunsTests"))
    var random = SplitMix64(seed: seed)
    let key = TagKey()
    var all = Set<UInt64>()
    var files: [(RememberedAudit.NameRun, TagKey?)] = []
    for night in 0..<10 {
      var names = (0..<random.number(0...[3, 300, 9_000][night % 3])).map { _ in random.next() }
      // Used before, and the first and last that there can be.
      names += all.prefix(random.number(0...9))
      if night == 4 { names += [0, .max] }
      names = Array(Set(names)).shuffled(using: &random)
      let found = files.map(\.0)
      let (entered, used) = try runs.enter(
        ledger(names), "names-\(night)", key, after: found, night % 2 == 0 ? key : nil)
      try entered?.writer.endSync()
      let run = entered?.run
      #expect(used == all.intersection(names), comment)
      #expect((run == nil) == names.isEmpty, comment)
      all.formUnion(names)
      if let run { files.append((run, key)) }
      if night % 4 == 3 {
        files = [(try runs.merge(files, "merged-\(night)", key), key)]
        let whole = try NameRunReader(files[0].0, key, in: directory.path, LocalFileSystem())
        try whole.checkWhole()
      }
    }
    let (_, used) = try runs.enter(ledger(Array(all)), "names-all", key, after: files.map(\.0), key)
    #expect(used == all, comment)
  }

  @Test("sort by places and insertion as any sort does", arguments: Seeds.few(2))
  func sorts(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var sorter = NameSorter()
    for shared in [0, 10, 40, 62] {
      for count in [0, 1, 2, 17, 3_000] {
        let first = shared == 0 ? 0 : random.next() << UInt64(64 - shared)
        var names = (0..<count).map { _ in first | random.next() >> UInt64(shared) }
        if count > 16 { names += names.prefix(9) }
        let sorted = names.sorted()
        sorter.sort(&names, sharing: shared)
        #expect(names == sorted, "\(Seeds.replay(seed, of: "NameRunsTests")): \(count) names, \(shared) bits")
      }
    }
  }

  @Test("are written together when there are eight, and the largest is a fifth of them at most")
  func together() {
    #expect(NameRuns.together([1, 1, 1, 1, 1, 1, 1]) == 0)
    #expect(NameRuns.together([100, 1, 1, 1, 1, 1, 1, 1, 1]) == 8)
    #expect(NameRuns.together([100, 9, 1, 1, 1, 1, 1, 1, 1]) == 0)
    // Small ones among them do not hold it up.
    #expect(NameRuns.together([100, 5, 5, 1, 5, 5, 1, 5, 5, 5]) == 8)
    var counts: [Int] = []
    for _ in 0..<2_000 {
      counts.append(10)
      while case let last = NameRuns.together(counts), last > 0 {
        counts = counts.dropLast(last) + [counts.suffix(last).reduce(0, +)]
      }
      #expect(counts.count <= 28)
    }
  }

  @Test("tags come from SipHash-2-4 as its authors have it for their key and message")
  func vector() {
    // Key 00 … 0f and message 00 … 0e (appendix A), in whose last block the length stands: 0f again.
    let (first, second): (UInt64, UInt64) = (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908)
    #expect(SipHash(first, second).of(first, second) == 0xA129_CA61_49BE_45E5)
  }

  @Test("a tag is that of one key, file, part, place and content")
  func tags() throws {
    let words = WordBuffer(NameRunLayout.wordsAPage)
    for word in 0..<words.count { words.words[word] = UInt64(word) << 32 }
    let key = TagKey()
    #expect(TagKey(key.text) == key && TagKey("0123") == nil)
    var seen: Set<UInt64> = []
    for tags in [
      key.tags(of: .filter, nonce: 1), key.tags(of: .filter, nonce: 2), key.tags(of: .names, nonce: 1),
      key.tags(of: .marks, nonce: 1), TagKey().tags(of: .filter, nonce: 1),
    ] {
      for place in 0..<3 {
        seen.insert(tags.tag(place, words.words))
        for word in [0, 6] {
          words.words[word] ^= 1
          seen.insert(tags.tag(place, words.words))
          words.words[word] ^= 1
        }
      }
    }
    #expect(seen.count == 5 * 3 * 3)
    let (signer, other) = (try NoteSigner.generate(name: "auditor"), try NoteSigner.generate(name: "auditor"))
    #expect(TagKey(signer) == TagKey(signer) && TagKey(signer) != TagKey(other))
  }

  @Test("a filter says no of nearly all that it has not, and never of what it has")
  func filter() {
    var random = SplitMix64(seed: 5)
    let names = (0..<28_000).map { _ in random.next() }
    let count = NameFilter.blocks(for: names.count)
    let blocks = WordBuffer(count * NameFilter.wordsABlock)
    func block(_ name: UInt64) -> UnsafeMutablePointer<UInt64> {
      blocks.words + NameFilter.block(of: name, among: count) * NameFilter.wordsABlock
    }
    for name in names { NameFilter.insert(name, into: block(name)) }
    #expect(names.allSatisfy { NameFilter.mayContain($0, block($0)) })
    let wrong = (0..<100_000).count { _ in
      let name = random.next() as UInt64
      return NameFilter.mayContain(name, block(name))
    }
    #expect(wrong < 100_000 / 400, "\(wrong)")
  }
}
