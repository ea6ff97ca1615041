import ArgumentParser
import Glibc
import TallyProof
import TallyServer
import Tallystick

struct WitnessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness",
    abstract: "Cosign the checkpoints of others' logs: a C2SP witness, with which no log shows two histories.",
    discussion: """
      It cosigns a checkpoint only if it begins with all that it has cosigned of that log before. Run it on another
      machine than the log, by somebody else. As a service it answers POST /add-checkpoint, and shows what it cosigned
      last at /SHA-256-OF-THE-ORIGIN/checkpoint; behind a proxy for TLS. From cron it looks at a folder of tiles, and
      prints the cosigned checkpoint.

      Examples:
        tally key generate --witness --origin witness.example/w1 --out witness.key
        tally witness --key witness.key --state witness --log-key shop.key.pub --listen 0.0.0.0:7380
        tally checkpoint --key shop.key --witness http://witness.example:7380=witness.key.pub
        tally witness --key witness.key --state witness --log-key shop.key.pub --once /mirror/shop
      """)

  @Option(help: ArgumentHelp("The witness's secret key.", valueName: "file"))
  var key: String

  @Option(help: ArgumentHelp("The folder of what it has cosigned; made if it is not there.", valueName: "dir"))
  var state: String

  @Option(
    help: ArgumentHelp(
      "A log that it looks after: its public key, or the key's file. May be given several times.", valueName: "public"))
  var logKey: [String] = []

  @Option(help: ArgumentHelp("Be a service there; port 0 takes a free one.", valueName: "host:port"))
  var listen: String?

  @Option(help: ArgumentHelp("Cosign once what this folder of tiles has, and end.", valueName: "dir"))
  var once: String?

  @Flag(help: "Answer with one JSON object on standard output.")
  var json = false

  func validate() throws {
    guard !logKey.isEmpty else { throw ValidationError("Which log? Name its public key: --log-key shop.key.pub") }
    guard (listen == nil) != (once == nil) else { throw ValidationError("Either --listen or --once.") }
  }

  func run() throws {
    let signer = try KeyFile.witness(key)
    let logs = try logKey.map { try KeyFile.verifier($0) }
    for log in logs where log.isWitness {
      throw CommandFailure(.badData, "the key of \(log.name) is a witness's; --log-key takes those of logs")
    }
    if let once { return try cosign(once, with: try Witness(signer, logs: logs, state: state)) }
    guard let listen, let address = ListenAddress(hostAndPort: listen) else {
      throw CommandFailure.usage(
        "--listen \(Arguments.quote(listen ?? "")) is not HOST:PORT; an example: 0.0.0.0:7380")
    }
    Interrupt.listen()
    let witness = try Witness(signer, logs: logs, state: state)
    let server: WitnessServer
    do throws(ServerFailure) {
      server = try WitnessServer(witness, on: address) { StandardError.print("warning: \($0)") }
    } catch {
      throw CommandFailure(.inputOutput, error.description)
    }
    defer { server.end() }
    try ready(server, signer.verifier)
    Interrupt.wait()
  }

  private func ready(_ server: WitnessServer, _ verifier: NoteVerifier) throws {
    let output = Output()
    if json {
      try output.json { json in
        json.beginObject()
        json.field("ready", true)
        json.field("http", "\(server.address)")
        json.field("witness", verifier.text)
        json.field("pid", getpid())
        json.endObject()
      }
    } else {
      try output.line("the witness \(verifier.text) answers on http://\(server.address)")
    }
    try output.flush()
  }

  private func cosign(_ folder: String, with witness: Witness) throws {
    let published = try PublishedTree(folder: folder)
    let request = try published.request(from: try witness.size(of: published.head.origin))
    let cosignature: NoteSignature
    do throws(WitnessRefusal) {
      cosignature = try witness.add(request, at: UInt64(max(1, SystemClock.now() / 1_000)))
    } catch {
      throw WitnessCommand.failure(error, folder)
    }
    var note = published.checkpoint
    note.signatures.append(cosignature)
    try Output.reading { output in
      guard json else { return try output.raw(Array(note.encoded.utf8)) }
      try output.json { json in
        json.beginObject()
        json.field("origin", published.head.origin)
        json.field("frames", published.head.size)
        json.field("cosignature", cosignature.line)
        json.field("checkpoint", note.encoded)
        json.endObject()
      }
    }
  }

  private static func failure(_ refusal: WitnessRefusal, _ folder: String) -> CommandFailure {
    switch refusal {
    case .state(let failure): return CommandFailure(failure as any Error) ?? CommandFailure(.inputOutput, "\(failure)")
    case .malformed, .otherSize:
      return CommandFailure(
        .rejected, "\(folder) has fewer frames than were cosigned before, or is none: \(refusal); not cosigned")
    case .unknownOrigin, .notSigned, .inconsistent:
      return CommandFailure(.rejected, "\(folder): \(refusal); not cosigned")
    }
  }
}
