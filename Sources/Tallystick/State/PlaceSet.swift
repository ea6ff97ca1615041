/// A set of small numbers of which the least is asked for again and again: a bit each, and a bit for each word that has one.
/// Everything but a count costs a few steps, however many there are.
struct PlaceSet: Sendable {
  /// The numbers' bits; then, level by level up to a single word, which words of the level before are not 0.
  private var levels: [[UInt64]] = [[0]]

  mutating func insert(_ place: Int) {
    grow(for: place)
    var place = place
    for level in levels.indices {
      let word = levels[level][place >> 6]
      levels[level][place >> 6] = word | 1 << UInt64(place & 63)
      // Then all above it are set.
      if word != 0 { return }
      place >>= 6
    }
  }

  private mutating func grow(for place: Int) {
    var words = place >> 6 + 1
    var level = 0
    while level < levels.count || words > 1 || levels[levels.count - 1].count > 1 {
      if level == levels.count {
        // What the new level stands for may have members already.
        let below = levels[level - 1]
        levels.append([UInt64](repeating: 0, count: (below.count + 63) >> 6))
        for index in below.indices where below[index] != 0 { levels[level][index >> 6] |= 1 << UInt64(index & 63) }
      }
      while levels[level].count < words { levels[level].append(0) }
      words = (levels[level].count + 63) >> 6
      level += 1
    }
  }

  mutating func remove(_ place: Int) {
    var place = place
    guard place >> 6 < levels[0].count else { return }
    for level in levels.indices {
      levels[level][place >> 6] &= ~(1 << UInt64(place & 63))
      if levels[level][place >> 6] != 0 { return }
      place >>= 6
    }
  }

  func contains(_ place: Int) -> Bool {
    place >> 6 < levels[0].count && levels[0][place >> 6] >> UInt64(place & 63) & 1 == 1
  }

  var first: Int? {
    guard let top = levels.last?.first, top != 0 else { return nil }
    var place = 0
    for level in levels.indices.reversed() { place = place << 6 | levels[level][place].trailingZeroBitCount }
    return place
  }

  /// How many members are below `place`. Costs a look at a 64th of them.
  func count(below place: Int) -> Int {
    var count = 0
    for index in 0..<min(place >> 6, levels[0].count) { count += levels[0][index].nonzeroBitCount }
    guard place >> 6 < levels[0].count else { return count }
    return count + (levels[0][place >> 6] & (1 << UInt64(place & 63) - 1)).nonzeroBitCount
  }

  /// Every member, ascending.
  func visit(_ body: (Int) -> Void) {
    for (index, word) in levels[0].enumerated() where word != 0 {
      var bits = word
      while bits != 0 {
        body(index << 6 | bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
  }
}
