import Foundation
import Testing

@testable import tally_data

@Suite("Sample data")
struct SampleTests {
  private let directory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("data")

  private func committed(_ name: String) throws -> String {
    try String(contentsOf: directory.appendingPathComponent(name), encoding: .utf8)
  }

  @Test("the committed files are what seed 7 makes")
  func regenerated() throws {
    #expect(FlashSale.text(seed: 7) == (try committed("flash-sale.jsonl")), "run the commands of data/README.md")
    #expect(ShopWeek.text(seed: 7) == (try committed("shop-week.csv")), "run the commands of data/README.md")
  }

  @Test("another seed makes another sale")
  func seeds() {
    #expect(FlashSale.text(seed: 8) != FlashSale.text(seed: 7))
    #expect(ShopWeek.text(seed: 8) != ShopWeek.text(seed: 7))
  }

  @Test("each file is smaller than 100 KB", arguments: ["flash-sale.jsonl", "shop-week.csv"])
  func size(name: String) throws { #expect(try committed(name).utf8.count < 100_000) }

  @Test("the generator is SplitMix64, as published")
  func generator() {
    var random = SplitMix64(seed: 1_234_567)
    let first = (0..<3).map { _ in random.next() }
    #expect(first == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }
}
