import ArgumentParser
import TallyJSON
import TallyText
import Tallystick

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the log, also while it is written.",
    discussion: """
      The copy is a log of its own, whole to an event that is durable.

      Example:
        tally backup /mnt/backup/shop-2026-01-31.tally
      """)

  @Argument(help: "A directory that does not exist yet, or is empty.")
  var destination: String

  @OptionGroup var shared: SharedOptions

  func run() throws {
    let report = try LogPlace(try shared.name).copy(to: destination) { StandardError.print("warning: \($0)") }
    try Output.reading { output in
      if shared.json {
        try output.json {
          $0.beginObject()
          $0.field("path", destination)
          $0.field("last_seq", report.lastSequence)
          $0.field("bytes", report.bytes)
          $0.field("segments", report.segments)
          $0.endObject()
        }
      } else {
        try output.line(
          "copied to \(destination): \(report.segments) segments, \(ByteSize(report.bytes).rounded), "
            + "to event \(report.lastSequence)")
      }
    }
  }
}
