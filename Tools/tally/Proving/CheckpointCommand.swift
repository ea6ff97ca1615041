import ArgumentParser
import TallyProof
import TallyServer
import Tallystick

struct CheckpointCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Sign what the log is now: a C2SP checkpoint, on standard output.",
    discussion: """
      Three lines (origin, number of frames, root of the Merkle tree over them), one that names the log and its last
      event, and the signature. Give it to whoever shall be able to show later that nothing was rewritten:
      tally-verify --from-checkpoint, or tally prove. Takes no lock; only what is on stable storage is signed.

      Examples:
        tally key generate --origin shop.example/log --out shop.key
        tally checkpoint --key shop.key > today.checkpoint
        tally checkpoint --key shop.key --witness https://witness.example=witness.key.pub

      With --events a root over the log's events stands in the checkpoint, from then on in every one: then a proof shows
      one event, and not what was committed with it. Each event is decoded and hashed for it.

      With --witness what is signed is cosigned by others (tally witness). It is printed with the cosignatures that were
      given; if one was not, standard error says so, and the exit code is 74, or 1 if a witness has seen another history.
      """)

  @Option(help: ArgumentHelp("The secret key that signs.", valueName: "file"))
  var key: String

  @Flag(help: "From now on keep a tree over events, too.")
  var events = false

  @OptionGroup var witnessing: WitnessOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    let signer = try KeyFile.signer(key)
    let witnesses = try witnessing.addresses()
    let (signed, last) = try sign(signer)
    let (note, answers) = try witnesses.isEmpty ? (signed, []) : cosign(signed, last: last, witnesses)
    let head = try TreeHead(parsing: note.text)
    try Output.reading { output in
      guard shared.json else { return try output.raw(Array(note.encoded.utf8)) }
      try output.json { json in
        json.beginObject()
        json.field("origin", head.origin)
        json.field("frames", head.size)
        json.field("last_seq", head.extent?.lastSequence ?? 0)
        json.field("root", head.root.description)
        json.field("events_root", orNull: head.eventsRoot?.description)
        json.field("cosignatures", answers.cosignatures.count)
        json.field("checkpoint", note.encoded)
        json.endObject()
      }
    }
    if answers.complaints.isEmpty { return }
    throw CommandFailure(
      answers.hasOtherHistory ? .rejected : .inputOutput, answers.complaints.joined(separator: "\n"))
  }

  private func cosign(
    _ signed: SignedNote, last: SignedNote?, _ witnesses: [WitnessAddress]
  ) throws -> (SignedNote, [WitnessClient.Answer]) {
    let client = WitnessClient(witnesses)
    defer { client.end() }
    return try client.cosign(signed, last: last, of: LogDirectory(try shared.path))
  }

  /// What is signed, and what was kept before. The tree is let go of then.
  private func sign(_ signer: NoteSigner) throws -> (SignedNote, SignedNote?) {
    let log = try ProvenLog(try shared.path)
    let last = try log.lastCheckpoint()
    if events { try log.tree.keepEvents() }
    return (try log.sign(signer), last)
  }
}
