/// A small seeded generator (Steele, Lea and Flood, 2014): the same seed gives the same data on every machine, which
/// the standard library's generators do not promise.
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number in the range, evenly; its own reduction, so that no library's choice can change the data.
  mutating func number(_ range: ClosedRange<Int>) -> Int {
    let width = UInt64(range.upperBound - range.lowerBound + 1)
    return range.lowerBound + Int(next().multipliedFullWidth(by: width).high)
  }

  /// True in `percent` of all cases.
  mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  mutating func element<T>(of list: [T]) -> T { list[number(0...(list.count - 1))] }
}
