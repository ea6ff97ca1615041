extension Array {
  /// The last elements that are of like size: as far back as one is not much larger than all that follow it together.
  ///
  /// What merges these whenever there are k moves each element about as often as the logarithm to the base k of how many
  /// there are, and leaves at most k − 1 of each size.
  func suffixOfLikeSize(_ size: (Element) -> Int) -> ArraySlice<Element> {
    var first = Swift.max(count - 1, 0)
    var following = last.map(size) ?? 0
    while first > 0, size(self[first - 1]) < 2 * Swift.max(following, 1) {
      first -= 1
      following += size(self[first])
    }
    return self[first...]
  }
}
