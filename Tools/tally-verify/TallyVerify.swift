import ArgumentParser
import Glibc
import TallyAudit
import TallyFormat
import TallyJetStream
import TallyProcess
import TallyProof
import TallyText

/// The auditor's tool: replays a log and judges it.
@main
struct TallyVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tally-verify",
    abstract: "Replay a Tallystick log and prove that every rule held after every event.",
    discussion: """
      It never writes into the log, needs no lock, and works on a log that is being written.

      Examples:
        tally-verify shop.tally
        tally-verify shop.tally --json | jq .verdict
        tally-verify nats://a:4222,b:4222/shop
        tally-verify shop.tally --from-checkpoint yesterday.json --report audit.html --item tea
        tally-verify shop.tally --from-checkpoint monday.checkpoint --key shop.key.pub --tiles /mirror/shop
        tally-verify proof order-1.proof --key shop.key.pub
        tally-verify shop.tally --remember /var/audit/shop --auditor-key auditor.key --certificate today.certificate
        tally-verify certificate today.certificate --key auditor.key.pub

      With --remember the next run judges only what has come since: it looks whether the last frame that was proven still
      stands, and not at the bytes before it. Run it without now and then.

      Exit codes:
        0   proven
        1   violated (an event breaks a rule), or inconsistent (the log contradicts a checkpoint or a snapshot)
        64  wrong usage
        65  damaged, no log, a newer format version, a checkpoint file that is none, or a memory that was altered
        74  a file cannot be read or written
        75  another run has the memory
      """)

  @Argument(
    help: ArgumentHelp(
      "The log's directory, or nats://HOST:4222/NAME; default: the environment's TALLY_LOG.", valueName: "log"))
  var directory: String?

  @Option(
    help: ArgumentHelp(
      "A signed checkpoint, or a JSON file with log, last_seq and head_hash, as printed by `tally info --json` or "
        + "`tally-verify --json`, that the log must contain.", valueName: "file"))
  var fromCheckpoint: String?

  @Option(
    help: ArgumentHelp(
      "The public key, or its file, that the checkpoint must be signed with (else no signature is looked at).",
      valueName: "public"))
  var key: String?

  @Option(
    help: ArgumentHelp(
      "Tiles of the tree that the signed checkpoint is of (tally tiles): if the log contradicts it, they tell which frame "
        + "is the first that differs.", valueName: "dir"))
  var tiles: String?

  @OptionGroup var witnesses: WitnessOptions

  @Flag(help: "List every snapshot, and judge the log damaged if one's bytes are.")
  var snapshots = false

  @Option(
    help: ArgumentHelp("Threads; with 2 or more, frames are decoded ahead. More than 8 are not used.", valueName: "n"))
  var jobs = 1

  @Flag(help: "Print one JSON object on standard output.")
  var json = false

  @OptionGroup var reporting: ReportOptions

  @Option(
    help: ArgumentHelp(
      "A folder of the auditor's own: what was proven is kept there, and the next run with it judges only what has come "
        + "since.", valueName: "dir"))
  var remember: String?

  @Flag(help: "With --remember: look at every byte of the folder, not only at what this run needs.")
  var checkRemembered = false

  @Option(help: ArgumentHelp("The auditor's secret key, which signs what is kept and certified.", valueName: "file"))
  var auditorKey: String?

  @Option(help: ArgumentHelp("Write down what was judged, against what, and with which result.", valueName: "file"))
  var certificate: String?

  static func main() {
    ProcessStart.prepare()
    FreedMemory.keep()
    do {
      // Not a subcommand in the parser's sense: `tally-verify DIR` has none.
      if CommandLine.arguments.dropFirst().first == "proof" {
        var command = try VerifyProof.parseAsRoot(Array(CommandLine.arguments.dropFirst(2)))
        try command.run()
        return
      }
      if CommandLine.arguments.dropFirst().first == "certificate" {
        var command = try VerifyCertificate.parseAsRoot(Array(CommandLine.arguments.dropFirst(2)))
        try command.run()
        return
      }
      var command = try parseAsRoot()
      try command.run()
    } catch let error as StandardOutput.Failure {
      complain(error.description)
      Glibc.exit(74)
    } catch {
      exit(withError: error)
    }
  }

  func validate() throws {
    guard (1...256).contains(jobs) else { throw ValidationError("--jobs is a number from 1 to 256.") }
    guard let path else {
      throw ValidationError("Which log? Name its directory, or set TALLY_LOG.")
    }
    guard !path.isEmpty else { throw ValidationError("The log's directory has an empty name.") }
    guard key == nil || fromCheckpoint != nil else { throw ValidationError("--key goes with --from-checkpoint.") }
    guard tiles == nil || fromCheckpoint != nil else { throw ValidationError("--tiles goes with --from-checkpoint.") }
    guard auditorKey == nil || remember != nil || certificate != nil else {
      throw ValidationError("--auditor-key goes with --remember or --certificate.")
    }
    guard tiles == nil || !StreamAddress.isOne(path) else {
      throw ValidationError("--tiles goes with a log in a directory: `tally backup` makes one of a stream.")
    }
    guard remember?.isEmpty != true, certificate?.isEmpty != true else {
      throw ValidationError("--remember and --certificate need a name.")
    }
    guard !checkRemembered || remember != nil else { throw ValidationError("--check-remembered goes with --remember.") }
    guard witnesses.witnessKey.isEmpty || fromCheckpoint != nil else {
      throw ValidationError("--witness-key goes with --from-checkpoint.")
    }
    try keepInputs(path)
  }

  /// What is read must not be written over.
  private func keepInputs(_ log: String) throws {
    let inputs = [auditorKey, fromCheckpoint, key].compactMap { $0 } + witnesses.witnessKey
    let outputs = [("--report", reporting.report), ("--certificate", certificate)]
    for (option, output) in outputs {
      guard let output else { continue }
      if let objection = FilePlace.objection(toWriting: output, option, log: log, keeping: inputs) {
        throw ValidationError(objection)
      }
    }
    if let report = reporting.report, let certificate,
      let objection = FilePlace.objection(toWriting: report, "--report", log: nil, keeping: [certificate])
    {
      throw ValidationError(objection)
    }
    if let remember, let objection = FilePlace.objection(toWriting: remember, "--remember", log: log, keeping: inputs) {
      throw ValidationError(objection)
    }
  }

  private var path: String? { directory ?? getenv("TALLY_LOG").map { String(cString: $0) } }

  func run() throws {
    guard let path else { return }
    let files = LocalFileSystem()
    let directory = LogDirectory(path)
    do {
      let stream = try StreamArgument.log(path)
      if stream == nil {
        let shop = ShardedDirectory(path)
        if try shop.exists(files) { return try verify(shop, files) }
      }
      let path = stream?.address.name ?? path
      let store: any LogStore = stream ?? LocalLog(directory, files: files)
      var options = AuditOptions()
      options.jobs = jobs
      options.requiresIntactSnapshots = snapshots
      options.itemLimit = reporting.report == nil ? 0 : 200
      options.history = reporting.history
      let signer = try auditorKey.map { try AuditorKey.read($0, files: files) }
      options.memory = try remember.map { try AuditMemory($0, signer: signer, files: files) }
      options.memory?.checksWhole = checkRemembered
      if let memory = options.memory, memory.isBereft {
        complain(
          "\(memory.path) has pieces of what an audit before remembered, and not the file `remembered` that names them: the log "
            + "is judged from its beginning, and a change of what was proven before is not told")
      }
      let checkpoint = try readCheckpoint(files)
      compare(with: checkpoint, &options)
      var progress = ProgressLine()
      var findings: AuditReport
      do {
        defer { progress.clear() }
        findings = try Auditor(store, options: options).run { progress.show($0) }
      }
      try addFirstDifference(to: &findings, checkpoint, directory, files)
      if let certificate {
        let certified = Certificate(
          findings: findings, checkpoint: checkpoint, checksSnapshots: snapshots, time: WallClock.milliseconds)
        try certified.write(to: certificate, signer: signer)
      }
      try reporting.write(findings, path: path, checkpoint: checkpoint)
      do throws(StandardOutput.Failure) {
        try StandardOutput.line(
          json ? findings.json : TextReport(findings, path: path, listsSnapshots: snapshots).text)
      } catch {
        // A reader that has seen enough (`| head -1`) does not change the verdict.
        if error.code != EPIPE {
          complain(error.description)
          throw ExitCode(74)
        }
      }
      explain(findings, path: path)
      throw findings.exitCode
    } catch let error as StreamAddressError {
      complain(error.description)
      throw ExitCode(64)
    } catch let error as TreeError {
      complain("\(error)")
      if case .file = error { throw ExitCode(74) }
      throw ExitCode(65)
    } catch let error as OutputFile.Failure {
      complain(error.description)
      throw ExitCode(74)
    } catch let error as LogError {
      throw fail(error)
    } catch let error as ShardMapError {
      complain("\(error)")
      if case .file = error { throw ExitCode(74) }
      throw ExitCode(65)
    } catch let error as FileError {
      throw fail(.file(error))
    } catch let error as CheckpointFile.Malformed {
      complain(error.description)
      throw ExitCode(65)
    } catch let error as CheckpointFile.Unsigned {
      complain(error.description)
      throw ExitCode(1)
    } catch let error as NoteFlaw {
      complain("\(fromCheckpoint ?? "the checkpoint") \(error)")
      throw ExitCode(1)
    }
  }

  /// Says which frame is the first that is not the one that was signed for, if somebody's tiles tell.
  private func addFirstDifference(
    to findings: inout AuditReport, _ checkpoint: CheckpointFile?, _ directory: LogDirectory, _ files: any FileSystem
  ) throws {
    guard let tiles, case .signed(let head)? = checkpoint,
      let index = findings.contradictions.firstIndex(where: { $0.witness == "checkpoint" }),
      let found = try FirstDifference.find(in: directory, tiles: tiles, of: head, files: files)
    else { return }
    findings.contradictions[index].detail += "; \(found.text)"
    findings.contradictions[index].frame = found.frame
  }

  private func readCheckpoint(_ files: any FileSystem) throws -> CheckpointFile? {
    guard let fromCheckpoint else { return nil }
    let verifier = try key.map { try PublicKey.read($0, files: files) }
    return try CheckpointFile.read(fromCheckpoint, key: verifier, witnesses: try witnesses.read(files), files: files)
  }

  /// What is older than what is remembered is looked for from the beginning.
  private func compare(with checkpoint: CheckpointFile?, _ options: inout AuditOptions) {
    let isOlder: Bool
    switch checkpoint {
    case nil: return
    case .plain(let checkpoint)?:
      options.checkpoint = checkpoint
      isOlder = checkpoint.head.lastSequence < options.memory?.lastSequence ?? 0
    case .signed(let head)?:
      options.treeHead = head
      isOlder = head.size < options.memory?.frames ?? 0
    }
    guard isOlder else { return }
    options.memory?.beginAnew()
    complain("the checkpoint is older than what is remembered: the log is judged from its beginning")
  }

  /// With a verdict other than proven, one line on standard error says what, where, and what to do.
  private func explain(_ findings: AuditReport, path: String) {
    switch findings.verdict {
    case .proven: break
    case .damaged:
      guard let damage = findings.damage else { break }
      if StreamAddress.isOne(path) {
        complain(
          "\(path) is damaged, from event \(damage.sequence) on: \(damage.detail). Restore it from a copy; events up to"
            + " \(findings.lastSequence) are intact.")
        break
      }
      complain(
        "\(path)/\(damage.file) is damaged at byte \(damage.offset), from event \(damage.sequence) on: \(damage.detail). "
          + "Restore it from a copy; events up to \(findings.lastSequence) are intact.")
    case .inconsistent:
      guard let first = findings.contradictions.first else { break }
      complain(
        "\(path) contradicts the \(first.witness) at event \(first.sequence): \(first.detail). "
          + "Find out which of the two was replaced.")
    case .violated:
      guard let first = findings.violations.first else { break }
      complain(
        "\(path) breaks the rule \(first.rule.rawValue) at event \(first.sequence) (\(first.position)): \(first.detail). "
          + "Look at it with `tally events --log \(path) --from \(first.sequence)`.")
    }
  }

  private func fail(_ error: LogError) -> ExitCode {
    complain("\(error)")
    // Of what was remembered: it is not as it was written.
    if case .file(let failure) = error, failure.code == EBADMSG { return ExitCode(65) }
    if case .file(let failure) = error, failure.code == EBUSY { return ExitCode(75) }
    if case .file = error { return ExitCode(74) }
    return ExitCode(65)
  }
}

extension AuditReport {
  /// The contract's exit code.
  var exitCode: ExitCode {
    switch verdict {
    case .proven: .success
    case .violated, .inconsistent: ExitCode(1)
    case .damaged: ExitCode(65)
    }
  }
}

/// One line on standard error.
func complain(_ message: String) {
  var line = Array("tally-verify: \(message.printable)\n".utf8)
  var start = 0
  while start < line.count {
    let count = line.withUnsafeMutableBytes { Glibc.write(2, $0.baseAddress.map { $0 + start }, $0.count - start) }
    if count <= 0 { return }
    start += count
  }
}
