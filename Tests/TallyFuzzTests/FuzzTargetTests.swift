import Glibc
import TallyFuzz
import TallyTestSupport
import Testing

/// What libFuzzer does for hours (`Tools/fuzz`), for a moment: the committed corpora, and seeded changes of them.
@Suite("Hostile bytes")
struct FuzzTargetTests {
  /// The committed inputs of a target, some of which once broke something.
  static func corpus(_ target: FuzzTarget) -> [[UInt8]] {
    let tests = #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
    let directory = "\(tests)/Fuzz/Corpus/\(target.rawValue)"
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names = [String]()
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted().compactMap { name in
      guard let file = fopen("\(directory)/\(name)", "r") else { return nil }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 1 << 20)
      let count = fread(&bytes, 1, bytes.count, file)
      return Array(bytes.prefix(count))
    }
  }

  @Test("of the committed corpus break no promise of any parser", arguments: FuzzTarget.allCases)
  func committed(target: FuzzTarget) {
    let inputs = FuzzTargetTests.corpus(target) + target.seeds
    #expect(!inputs.isEmpty)
    for input in inputs { #expect(target.run(input) == nil) }
  }

  @Test("made by changing good ones break no promise of any parser", arguments: FuzzTarget.allCases, Seeds.few(3))
  func changed(target: FuzzTarget, seed: UInt64) {
    let inputs = FuzzTargetTests.corpus(target) + target.seeds
    var mutation = Mutation(SplitMix64(seed: seed))
    for _ in 0..<200 {
      let input = mutation.mutate(mutation.random.pick(inputs), with: mutation.random.pick(inputs))
      let broken = target.run(input)
      #expect(broken == nil, "\(Seeds.replay(seed, of: "FuzzTargetTests")): \(input)")
    }
  }

  @Test("of the seeds are read to their end: an honest log is proven, and what lies beside it is used")
  func honest() {
    for target in FuzzTarget.allCases {
      for seed in target.seeds { #expect(target.run(seed) == nil, "\(target)") }
      #expect(!target.seeds.isEmpty && target.seeds.allSatisfy { !$0.isEmpty }, "\(target)")
    }
  }
}
