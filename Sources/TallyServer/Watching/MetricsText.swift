/// Durations counted by size, as Prometheus has histograms.
struct Histogram: Sendable {
  /// Seconds; each counts what took no longer.
  static let bounds = [0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
  private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
  private(set) var sum = 0.0

  /// - Parameter count: so many took as long.
  mutating func add(_ duration: Duration, _ count: Int = 1) {
    let seconds = duration / .seconds(1)
    counts[Histogram.bounds.firstIndex { seconds <= $0 } ?? Histogram.bounds.count] += count
    sum += seconds * Double(count)
  }
}

/// Prometheus's text format, version 0.0.4.
struct MetricsText {
  private(set) var text = ""

  mutating func begin(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  /// - Parameter labels: in braces, or empty.
  mutating func sample(_ name: String, _ labels: String, _ value: Double) {
    let isWhole = value == value.rounded() && value.magnitude < 1e15
    text += "\(name)\(labels) \(isWhole ? "\(Int64(value))" : "\(value)")\n"
  }

  mutating func single(_ name: String, _ type: String, _ help: String, _ value: Double) {
    begin(name, type, help)
    sample(name, "", value)
  }

  mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
    begin(name, "histogram", help)
    var total = 0
    for (index, count) in histogram.counts.enumerated() {
      total += count
      let bound = index < Histogram.bounds.count ? "\(Histogram.bounds[index])" : "+Inf"
      sample("\(name)_bucket", "{le=\"\(bound)\"}", Double(total))
    }
    sample("\(name)_sum", "", histogram.sum)
    sample("\(name)_count", "", Double(total))
  }
}
