/// From one moment to another, both included.
package struct TimeSpan: Sendable, Equatable {
  /// Unix milliseconds.
  package let first: Int64
  /// Unix milliseconds, not before ``first``.
  package let last: Int64

  package init(_ first: Int64, _ last: Int64) {
    self.first = first
    self.last = max(first, last)
  }

  /// How much of it is over at a time, from 0 to 1, whatever the time.
  package func share(of time: Int64) -> Double {
    // As floating point: a forged log's times are none to subtract.
    let length = Double(last) - Double(first)
    guard length > 0 else { return 0 }
    return min(max((Double(time) - Double(first)) / length, 0), 1)
  }

  /// In which of `count` equal parts a time lies.
  package func place(of time: Int64, among count: Int) -> Int {
    min(Int(share(of: time) * Double(count)), count - 1)
  }

  /// Where one of `count` equal parts begins: Unix milliseconds.
  package func start(ofPlace place: Int, among count: Int) -> Int64 {
    let length = Double(last) - Double(first)
    return first &+ Int64((length * Double(place) / Double(count)).rounded())
  }
}
