import ArgumentParser
import Glibc
import TallyAudit
import TallyFormat

@main
struct TallyVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tally-verify",
    abstract: "Replays a Tallystick log and proves that stock never went negative.",
    discussion: """
      Reads only, takes no lock, and works on a log that is being written.

      Examples:
        tally-verify shop.tally
        tally-verify shop.tally --json | jq .verdict
        tally info --json > monday.json; …; tally-verify shop.tally --from-checkpoint monday.json

      Exit codes: 0 proven, 1 violated or inconsistent, 64 usage, 65 damaged or no log, 74 input/output error.
      """)

  @Argument(help: ArgumentHelp("The log; default: the environment's TALLY_LOG.", valueName: "dir"))
  var directory: String?

  @Option(help: ArgumentHelp("What `tally info --json` said earlier: the log must contain it.", valueName: "file"))
  var fromCheckpoint: String?

  @Flag(help: "List every snapshot, and take one with damaged bytes for a damaged log.")
  var snapshots = false

  @Option(help: "Threads that decode frames ahead of the replay.")
  var jobs = 1

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: ArgumentHelp("Also write a report for people.", valueName: "file.html"))
  var report: String?

  func validate() throws {
    guard jobs >= 1, jobs <= 256 else { throw ValidationError("--jobs is 1 to 256") }
    guard path != nil else { throw ValidationError("name the log's directory, or set TALLY_LOG") }
  }

  private var path: String? { directory ?? getenv("TALLY_LOG").map { String(cString: $0) } }

  func run() throws {
    var options = AuditOptions()
    options.jobs = jobs
    options.requiresIntactSnapshots = snapshots
    options.itemLimit = report == nil ? 0 : 50
    if let fromCheckpoint { options.checkpoint = try CheckpointFile.read(fromCheckpoint) }
    let progress = ProgressLine()
    let result: AuditReport
    do throws(LogError) {
      result = try Auditor(LogDirectory(path ?? ""), options: options).run { progress.show($0) }
    } catch {
      progress.clear()
      switch error {
      case .file: throw Exit.fail(error.description, code: 74)
      case .notALog, .damaged: throw Exit.fail(error.description, code: 65)
      }
    }
    progress.clear()
    if let report { try HTMLReport(result, path: path ?? "").write(to: report) }
    if json {
      print(result.json)
    } else {
      print(TextReport(result, listsSnapshots: snapshots).text, terminator: "")
    }
    fflush(nil)
    switch result.verdict {
    case .proven: return
    case .violated, .inconsistent: throw ExitCode(1)
    case .damaged: throw ExitCode(65)
    }
  }
}

/// Ends the program with one clear line.
enum Exit {
  static func fail(_ message: String, code: Int32) -> ExitCode {
    var line = "tally-verify: \(message)\n"
    line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    return ExitCode(code)
  }
}
