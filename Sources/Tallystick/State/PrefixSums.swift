/// Numbers in a row, of which the sum of the first ones is asked for again and again (a Fenwick tree). Everything costs the
/// logarithm of how many there are.
struct PrefixSums: Sendable {
  /// At `index` the sum of as many numbers up to it as the lowest bit of `index + 1` says.
  private var sums: [Int64] = []

  var count: Int { sums.count }

  mutating func append(_ value: Int64) {
    let position = sums.count + 1
    let begin = position & (position - 1)
    var sum = value
    var part = position - 1
    while part > begin {
      sum += sums[part - 1]
      part &= part - 1
    }
    sums.append(sum)
  }

  mutating func removeLast() { sums.removeLast() }

  mutating func add(_ change: Int64, at index: Int) {
    var position = index + 1
    while position <= sums.count {
      sums[position - 1] += change
      position += position & -position
    }
  }

  /// The sum of the numbers up to `index`, that one included.
  func sum(through index: Int) -> Int64 {
    var sum: Int64 = 0
    var position = index + 1
    while position > 0 {
      sum += sums[position - 1]
      position &= position - 1
    }
    return sum
  }
}
