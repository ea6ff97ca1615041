import TallyFormat
import TallyFuzz
import TallyTestSupport
import TallyText
import Testing

@testable import tally
@testable import tally_verify

@Suite("Hostile arguments and checkpoint files")
struct ToolTextTests {
  private static let samples: [String] = [
    "tea=2", "tea@berlin=9007199254740991", "a=b@c=1", "15m", "500ms", "9223372036854775807d", "64MiB", "1GiB",
    "2026-01-02T03:04:05.678Z", "2026-12-31T23:59:60+23:59", "0000-01-01T00:00:00-23:59", "-9223372036854775808",
  ]

  @Test("quantities, durations, sizes and times are read or refused, whatever they are", arguments: Seeds.few(2))
  func arguments(seed: UInt64) {
    var mutation = Mutation(SplitMix64(seed: seed))
    for _ in 0..<5_000 {
      let sample = Array(mutation.random.pick(ToolTextTests.samples).utf8)
      let text = String(decoding: mutation.mutate(sample, with: sample), as: UTF8.self)
      _ = try? Arguments.line(text)
      _ = try? Arguments.item(text)
      _ = try? Arguments.quantity(text, of: text, in: 0...Limits.maxQuantity)
      _ = Arguments.quote(text)
      if let duration = try? Milliseconds(argument: text) { #expect((0...Limits.maxQuantity).contains(duration.count)) }
      if let size = try? ByteSize(argument: text) { _ = size.rounded + size.description }
      if let time = Timestamp.milliseconds(text) { _ = Timestamp.text(time) }
    }
  }

  @Test("a checkpoint file is one or is refused, whatever it holds", arguments: Seeds.few(2))
  func checkpoints(seed: UInt64) throws {
    let good = Array(
      """
      {"log":"000102030405060708090a0b0c0d0e0f","last_seq":3,"head_hash":"\(String(repeating: "0", count: 64))",
      "state_digest":"\(String(repeating: "f", count: 64))","other":[{"a":null,"b":1e400}]}
      """.utf8)
    let directory = TemporaryDirectory()
    let path = directory.path + "/checkpoint.json"
    let file = try LocalFileSystem().open(path, .create)
    func read(_ bytes: [UInt8]) throws -> Bool {
      try file.truncate(to: 0)
      try file.write(bytes, at: 0)
      return (try? CheckpointFile.read(path, files: LocalFileSystem())) != nil
    }
    #expect(try !read(Array(repeating: UInt8(ascii: "["), count: 1 << 20)))
    var mutation = Mutation(SplitMix64(seed: seed))
    for _ in 0..<500 { _ = try read(mutation.mutate(good, with: good)) }
  }
}
