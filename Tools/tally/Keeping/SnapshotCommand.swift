import ArgumentParser
import TallyJSON
import TallyText
import Tallystick

struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Make, list and check snapshots.",
    discussion: """
      Snapshots only make opening and looking back faster: each can be deleted and
      rebuilt from the log.

      Example:
        tally snapshot rebuild
        tally snapshot check
      """,
    subcommands: [Rebuild.self, List.self, Check.self])

  struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a snapshot by replaying the log.",
      discussion: """
        Example:
          tally snapshot rebuild
          tally snapshot rebuild --at 1000000
        """)

    @Option(help: "After this event (default: the last).")
    var at: UInt64?

    @OptionGroup var shared: SharedOptions

    func run() throws {
      let snapshot = try store(shared).rebuild(at: at)
      try Output.reading { output in
        if shared.json {
          try output.json { $0.write(snapshot) }
        } else {
          try output.line("made \(snapshot.path) (\(ByteSize(snapshot.bytes).rounded))")
        }
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the snapshots.",
      discussion: """
        Example:
          tally snapshot list --json
        """)

    @OptionGroup var shared: SharedOptions

    func run() throws { try print(try store(shared).list(), shared) }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare each snapshot with a replay of the log.",
      discussion: """
        Exits 1 if any does not agree. Example:
          tally snapshot check
        """)

    @OptionGroup var shared: SharedOptions

    func run() throws {
      let snapshots = try store(shared).check()
      try print(snapshots, shared)
      let bad = snapshots.filter { $0.flaw != nil }
      guard let first = bad.first else { return }
      throw CommandFailure(
        .rejected,
        "\(bad.count) of \(snapshots.count) snapshots cannot be trusted, the first \(first.path): delete and rebuild it"
      )
    }
  }
}

private func store(_ shared: SharedOptions) throws -> SnapshotStore {
  try SnapshotStore(try shared.path) { StandardError.print("warning: \($0)") }
}

private func print(_ snapshots: [SnapshotSummary], _ shared: SharedOptions) throws {
  try Output.reading { output in
    if shared.json {
      for snapshot in snapshots { try output.json { $0.write(snapshot) } }
      return
    }
    var table = Table([("EVENT", .right), ("SIZE", .right), ("STATE DIGEST", .left), ("FLAW", .left)])
    for snapshot in snapshots {
      table.add(
        "\(snapshot.sequence)", ByteSize(snapshot.bytes).rounded, snapshot.stateDigest?.description ?? "",
        snapshot.flaw ?? "")
    }
    for line in table.lines { try output.line(line) }
  }
}
