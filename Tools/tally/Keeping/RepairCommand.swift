import ArgumentParser
import TallyJSON
import TallyText
import Tallystick

struct RepairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Cut a torn tail: what a crash left of a write that was never acknowledged.",
    discussion: """
      Acknowledged data is never touched; a log that is damaged elsewhere is
      refused.

      Example:
        tally repair --dry-run
        tally repair --truncate-torn-tail
      """)

  @Flag(help: "Only say what there is to cut.")
  var dryRun = false

  @Flag(help: "Cut it.")
  var truncateTornTail = false

  @OptionGroup var waiting: WaitOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    guard dryRun != truncateTornTail else {
      throw CommandFailure.usage("say either --dry-run or --truncate-torn-tail")
    }
    let path = try shared.path
    let report =
      truncateTornTail
      ? try Repair.truncateTornTail(path, lockWait: .milliseconds(waiting.wait.count)) : try Repair.inspect(path)
    try Output.reading { output in
      if shared.json {
        try output.json {
          $0.beginObject()
          $0.field("torn_bytes", report.tornBytes)
          $0.field("segment", report.position.segmentName)
          $0.field("offset", report.position.offset)
          $0.field("last_seq", report.lastSequence)
          $0.field("truncated", truncateTornTail && report.tornBytes > 0)
          $0.endObject()
        }
      } else if report.tornBytes == 0 {
        try output.line("nothing to repair: the log is whole to event \(report.lastSequence)")
      } else {
        let what = truncateTornTail ? "cut" : "a torn tail:"
        try output.line(
          "\(what) \(report.tornBytes) bytes in \(report.position), after event \(report.lastSequence)")
      }
    }
  }
}
