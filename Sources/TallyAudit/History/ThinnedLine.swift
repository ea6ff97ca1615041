/// A line of figures over a known span, thinned so that drawing it loses nothing: of each of its equal parts it keeps the
/// first figure, the lowest, the highest and the last, each at its own time. However long the log, a dip survives.
package struct ThinnedLine: Sendable {
  package struct Point: Sendable, Equatable {
    /// Unix milliseconds.
    package var time: Int64
    package var value: Int64
    /// Which one it was, from 0: of several at one time the later has the larger.
    var number: Int
  }

  /// What is kept of one part of the span.
  package struct Place: Sendable {
    package fileprivate(set) var first, lowest, highest, last: Point
    /// Figures that came.
    package fileprivate(set) var count = 1

    fileprivate init(_ point: Point) { (first, lowest, highest, last) = (point, point, point, point) }

    fileprivate mutating func add(_ point: Point) {
      if point.value < lowest.value { lowest = point }
      if point.value > highest.value { highest = point }
      last = point
      count += 1
    }
  }

  package static let mostPlaces = 400

  package let span: TimeSpan
  /// `nil`: nothing changed then.
  package private(set) var places: [Place?]
  /// Figures that came.
  package private(set) var count = 0

  package init(_ span: TimeSpan, places: Int = ThinnedLine.mostPlaces) {
    self.span = span
    self.places = Array(repeating: nil, count: places)
  }

  /// Takes the next figure; times do not go backwards in an honest log.
  package mutating func add(_ value: Int64, at time: Int64) {
    let point = Point(time: time, value: value, number: count)
    count += 1
    let index = span.place(of: time, among: places.count)
    if places[index] == nil { places[index] = Place(point) } else { places[index]?.add(point) }
  }

  /// What is kept, in its order; at most four a part.
  package var points: [Point] {
    var points: [Point] = []
    for case let place? in places {
      for point in [place.first, place.lowest, place.highest, place.last].sorted(by: { $0.number < $1.number })
      where points.last?.number != point.number {
        points.append(point)
      }
    }
    return points
  }

  /// Some figures that came are not among ``points``.
  package var isThinned: Bool { count > points.count }
}
