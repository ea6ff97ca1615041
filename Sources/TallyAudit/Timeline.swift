/// Thins what happened to at most 512 points, evenly spread: when full, every other one goes.
struct Timeline {
  private static let limit = 512
  private(set) var points: [TimelinePoint] = []
  private var stride = 1
  private var skipped = 0

  mutating func add(_ point: TimelinePoint) {
    skipped += 1
    guard skipped >= stride else { return }
    skipped = 0
    points.append(point)
    guard points.count == Timeline.limit else { return }
    points = points.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    stride *= 2
  }

  /// All points, with the log's last moment.
  func ending(with last: TimelinePoint) -> [TimelinePoint] {
    if points.last?.sequence == last.sequence { return points }
    return points + [last]
  }
}
