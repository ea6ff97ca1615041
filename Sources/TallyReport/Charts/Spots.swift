import TallyAudit

/// What charts say under the pointer.
enum Spots {
  /// Parts of a chart that have words of their own at most: each is some pixels wide.
  private static let most = 100

  /// Of lines that change together.
  static func of(_ lines: [(name: String, line: ThinnedLine)]) -> [ChartFrame.Spot] {
    guard let first = lines.first?.line else { return [] }
    let size = max(1, first.places.count / most)
    let count = (first.places.count + size - 1) / size
    var spots: [ChartFrame.Spot] = []
    for part in 0..<count {
      let range = (part * size)..<min((part + 1) * size, first.places.count)
      let found = lines.map { one in (one.name, range.compactMap { one.line.places[$0] }) }
      guard let times = found.first?.1, let begin = times.first, let end = times.last else {
        // It stays as it was.
        if !spots.isEmpty { spots[spots.count - 1].right = Double(part + 1) / Double(count) }
        continue
      }
      let words = found.map { "\($0.0) \(figures($0.1))" }
      spots.append(
        .init(
          left: Double(part) / Double(count), right: Double(part + 1) / Double(count),
          text: "\(Moments.range(begin.first.time, end.last.time)): \(words.joined(separator: ", "))"))
    }
    return spots
  }

  /// `17`, or `3 to 17, then 5`
  private static func figures(_ places: [ThinnedLine.Place]) -> String {
    let low = places.map(\.lowest.value).min() ?? 0
    let high = places.map(\.highest.value).max() ?? 0
    let last = places.last?.last.value ?? 0
    return low == high ? grouped(low) : "\(grouped(low)) to \(grouped(high)), then \(grouped(last))"
  }
}
