import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("Names of items")
struct ItemNamesTests {
  // A table that grows puts its names in another order: one registered earlier may then stand behind one that is taken back.
  @Test("are found when those registered after them, some before the table grew, are taken back")
  func behindGaps() {
    for round in 0..<200 {
      var names = ItemNames()
      func name(_ number: Int) -> ItemName { ItemName(sku: Name("\(round)-\(number)")) }
      for number in 0..<40 {
        let name = name(number)
        _ = name.sku.bytes.withUnsafeBufferPointer { sku in
          name.location.bytes.withUnsafeBufferPointer { names.append(sku: sku, location: $0) }
        }
      }
      while names.count > 1 {
        names.removeLast()
        let isEachFound = (0..<names.count).allSatisfy { names.number(of: name($0)) == ItemNumber(UInt32($0)) }
        #expect(isEachFound, "round \(round), \(names.count) left")
      }
    }
  }

  @Test("are found by name and by number, whatever was registered and taken back before", arguments: Seeds.few(4))
  func againstDictionary(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var names = ItemNames()
    var expected = [ItemName]()
    for _ in 0..<3_000 {
      if !expected.isEmpty, UInt64.random(in: 0..<100, using: &random) < 45 {
        // Now and then nearly all at once, as a batch that is taken back.
        let count = UInt64.random(in: 0..<200, using: &random) == 0 ? expected.count / 2 + 1 : 1
        for _ in 0..<count { names.removeLast() }
        expected.removeLast(count)
      } else {
        let name = ItemName(sku: Name("sku-\(UInt64.random(in: 0..<900, using: &random))"))
        let isNew = name.sku.bytes.withUnsafeBufferPointer { sku in
          name.location.bytes.withUnsafeBufferPointer { names.append(sku: sku, location: $0) }
        }
        #expect(isNew == !expected.contains(name), "\(Seeds.replay(seed, of: "ItemNamesTests"))")
        if isNew { expected.append(name) }
      }
    }
    #expect(names.count == expected.count)
    for (number, name) in expected.enumerated() {
      #expect(names[number] == name)
      #expect(names.number(of: name) == ItemNumber(UInt32(number)), "\(Seeds.replay(seed, of: "ItemNamesTests"))")
    }
    for number in 0..<900 {
      let name = ItemName(sku: Name("sku-\(number)"))
      #expect((names.number(of: name) == nil) == !expected.contains(name))
    }
  }
}
