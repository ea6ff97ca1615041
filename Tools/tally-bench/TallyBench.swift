import ArgumentParser
import Tallystick

@main
struct TallyBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tally-bench",
    abstract: "Measures Tallystick: speed, size and start, each with the reference of the same run.",
    discussion: """
      Example: swift run -c release tally-bench append-bulk-uuid verify --events 2000000
      Figures of a debug build mean nothing. Logs are made under the directory of --dir (default: build directory's \
      disk, /var/tmp) and removed, unless --keep names where they stay.
      """)

  @Argument(help: "Which figures; none: all.")
  var names: [String] = []
  @Flag(help: "One JSON object a figure.")
  var json = false
  @Flag(help: "Name the figures and end.")
  var list = false
  @Flag(help: "Exit 1 if a ratio or a size is beyond its threshold: a third worse than it was. Best with --runs 3.")
  var check = false
  @Flag(help: "Do not have the machine's memory fetched from its host before a figure that needs much of it.")
  var cold = false
  @Option(help: "Measure so many times and print the run with the median ratio.")
  var runs = 1
  @Option(help: "Events of the large benchmarks; each has its own default.")
  var events: Int?
  @Option(help: "Leave the measured logs in this directory.")
  var keep: String?
  @Option(help: "Where to make the logs.")
  var dir = "/var/tmp"

  func validate() throws {
    for name in names where !Benchmark.all.contains(where: { $0.name == name }) {
      throw ValidationError("there is no benchmark \(name); --list names them")
    }
    if runs < 1 { throw ValidationError("--runs is at least 1") }
    if let events, events < 1_000 { throw ValidationError("--events is at least 1000") }
  }

  func run() throws {
    // As a program does whose main work is a log: the tool `tally` does too.
    FreedMemory.keep()
    if list {
      for benchmark in Benchmark.all { print("\(benchmark.name): \(benchmark.summary)") }
      return
    }
    #if DEBUG
      Terminal.warn("this is a debug build: its figures mean nothing; use `swift run -c release tally-bench`")
    #endif
    let workspace = try Workspace(keep: keep, under: dir)
    defer { workspace.removeUnlessKept() }
    let report = Report(asJSON: json)
    var slow = [String]()
    for benchmark in Benchmark.all where names.isEmpty || names.contains(benchmark.name) {
      let figures = try (0..<runs).map { _ in
        if !cold { MachineMemory.fetch(mebibytes: benchmark.memory) }
        return try benchmark.run(Run(workspace: workspace, events: events))
      }
      let figure = figures.sorted { ($0.ratio ?? $0.value) < ($1.ratio ?? $1.value) }[runs / 2]
      report.add(figure, of: benchmark)
      let compared = figure.ratio ?? figure.value
      if let threshold = benchmark.threshold, !threshold.holds(compared) {
        slow.append("\(benchmark.name) is \(number(compared)) and should be \(threshold.text)")
      }
    }
    guard check, !slow.isEmpty else { return }
    for line in slow { Terminal.warn(line) }
    throw ExitCode(1)
  }
}
