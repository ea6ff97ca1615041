/// One figure: what it is called, what it says, and how it is measured.
struct Benchmark: Sendable {
  var name: String
  var summary: String
  /// Where the ratio, or the value if there is none, must stay for ``TallyBench/check``: a third worse than it was when
  /// this was set. Ratios are of one run on one machine, so they hold on others, too, if not exactly.
  var threshold: Threshold?
  /// Fresh memory that it takes, about, in MiB: see ``MachineMemory``.
  var memory = 0
  var run: @Sendable (Run) throws -> Figure

  static let all: [Benchmark] = [
    Benchmark(
      name: "append-bulk-sequential", summary: "library, rows in batches of 8,192, sequential order numbers",
      threshold: .atLeast(0.26),
      memory: 1024,
      run: { try BulkAppend(ids: .sequential).measure($0) }),
    Benchmark(
      name: "append-bulk-uuid", summary: "library, rows in batches of 8,192, random UUIDs over 100,000 SKUs",
      threshold: .atLeast(0.27),
      memory: 1536,
      run: { try BulkAppend(ids: .uuid).measure($0) }),
    Benchmark(
      name: "append-bulk-hot", summary: "library, rows in batches of 8,192, sequential order numbers, one hot SKU",
      threshold: .atLeast(0.3),
      memory: 1024,
      run: { try BulkAppend(ids: .sequential, skus: 1).measure($0) }),
    Benchmark(
      name: "append-bulk-commands",
      summary: "library, a Swift array of 8,192 commands made from String ids, 100,000 SKUs",
      threshold: .atLeast(0.058),
      memory: 768,
      run: { try CommandAppend().measure($0) }),
    Benchmark(
      name: "append-bulk-mix", summary: "library, a life cycle mix in batches of 8,192", threshold: .atLeast(0.145),
      memory: 768,
      run: { try BulkMix().measure($0) }),
    Benchmark(
      name: "append-bulk-extends", summary: "library, rows in batches of 8,192 that extend as many open holds",
      memory: 1024,
      run: { try BulkAlter(amends: false).measure($0) }),
    Benchmark(
      name: "append-bulk-amends", summary: "library, rows in batches of 8,192 that amend as many open reservations",
      memory: 1024,
      run: { try BulkAlter(amends: true).measure($0) }),
    Benchmark(
      name: "append-bulk-fills",
      summary: "library, a million who wait for one item, filled 100,000 at once and one at a time",
      memory: 512,
      run: { try Fills().measure($0) }),
    Benchmark(
      name: "append-bulk-refused",
      summary: "library, rows in batches of 8,192, nine in ten refused: with a journal of refused demand, and without",
      threshold: .atLeast(0.7),
      run: { try RefusedAppend().measure($0) }),
    Benchmark(
      name: "append-async-64", summary: "library, 64 concurrent tasks with one reservation each",
      threshold: .atLeast(0.28),
      run: { try AsyncAppend(callers: 64).measure($0) }),
    Benchmark(
      name: "append-async-1024", summary: "library, 1,024 concurrent tasks with one reservation each",
      threshold: .atLeast(0.05),
      run: { try AsyncAppend(callers: 1024).measure($0) }),
    Benchmark(
      name: "append-single", summary: "library, one caller at a time: median of a durable reservation",
      threshold: .atMost(1.6),
      run: { try SingleAppend().measure($0) }),
    Benchmark(
      name: "latency",
      summary: "durable single reservations by one caller and by 64, over several segments: p50, p99, p99.9, maximum",
      run: { try Latency().measure($0) }),
    Benchmark(
      name: "verify", summary: "tally-verify's replay with all rules, one thread", threshold: .atLeast(0.0205),
      memory: 768,
      run: { try Verify(jobs: 1).measure($0) }),
    Benchmark(
      name: "verify-2-jobs", summary: "the same with a second thread that decodes, hashes states and proves snapshots",
      threshold: .atLeast(0.031),
      memory: 768,
      run: { try Verify(jobs: 2).measure($0) }),
    Benchmark(
      name: "verify-night", summary: "an auditor who remembers: a hundredth more of a log, beside that hundredth alone",
      memory: 768,
      run: { try VerifyNight().measure($0) }),
    Benchmark(
      name: "checkpoint", summary: "bulk appends with a checkpoint signed every second, against without",
      memory: 1024,
      run: { try SignedAppend().measure($0) }),
    Benchmark(
      name: "proof", summary: "the proof of one reservation: made, and checked",
      run: { try Proving().measure($0) }),
    Benchmark(
      name: "open-snapshot", summary: "opening a log for writing from its newest snapshot",
      run: { try Opening().measure($0) }),
    Benchmark(
      name: "rebuild", summary: "full offline rebuild: fold of the whole log without a snapshot",
      memory: 512,
      run: { try Rebuild().measure($0) }),
    Benchmark(
      name: "stock-at", summary: "stock at a past sequence number, with default snapshots",
      run: { try StockAt().measure($0) }),
    Benchmark(
      name: "bytes-sequential", summary: "bytes a reservation on disk, batches of 1,000, sequential order numbers",
      threshold: .atMost(2.7),
      run: { try Size(ids: .sequential, batch: 1_000).measure($0) }),
    Benchmark(
      name: "bytes-uuid", summary: "bytes a reservation on disk, batches of 1,000, random UUIDs",
      threshold: .atMost(19),
      run: { try Size(ids: .uuid, batch: 1_000).measure($0) }),
    Benchmark(
      name: "bytes-single", summary: "bytes a reservation on disk, one a frame, sequential order numbers",
      threshold: .atMost(128),
      run: { try Size(ids: .sequential, batch: 1).measure($0) }),
    Benchmark(
      name: "memory-settled",
      summary: "memory of a writer on a log of settled UUIDs, 2 % of the load retries of old ids",
      memory: 1024,
      run: { try MemorySettled().measure($0) }),
    Benchmark(
      name: "skus-1m", summary: "cost of a reservation with a million SKUs, against a thousand",
      threshold: .atMost(2),
      memory: 768,
      run: { try ManySKUs().measure($0) }),
    Benchmark(
      name: "serve", summary: "tally serve, 50 clients with pipelines of 1, 16 and 64, each answer durable",
      run: { try Serve().measure($0) }),
    Benchmark(
      name: "overload", summary: "tally serve, 200 clients that send ten times what it can, each answer durable",
      run: { try Overload().measure($0) }),
    Benchmark(
      name: "startup", summary: "one-shot `tally` commands: start to end of the process",
      run: { try Startup().measure($0) }),
  ]
}

/// What a change that costs a third of the speed crosses.
enum Threshold: Sendable {
  case atLeast(Double)
  case atMost(Double)

  func holds(_ ratio: Double) -> Bool {
    switch self {
    case .atLeast(let bound): ratio >= bound
    case .atMost(let bound): ratio <= bound
    }
  }

  var text: String {
    switch self {
    case .atLeast(let bound): "at least \(number(bound))"
    case .atMost(let bound): "at most \(number(bound))"
    }
  }
}

/// What a benchmark gets.
struct Run: Sendable {
  let workspace: Workspace
  let events: Int?

  /// Events to measure with: `--events`, or the benchmark's own number.
  func events(default count: Int) -> Int { events ?? count }
}

/// What a benchmark found.
struct Figure {
  var value: Double
  var unit: String
  /// What it is compared with in the same run, and the quotient.
  var reference: String = ""
  var ratio: Double?
  /// More numbers, and how it was measured.
  var detail: [(String, String)] = []
}
