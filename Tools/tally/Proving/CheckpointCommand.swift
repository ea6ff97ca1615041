import ArgumentParser
import TallyProof
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
      """)

  @Option(help: ArgumentHelp("The secret key that signs.", valueName: "file"))
  var key: String

  @OptionGroup var shared: SharedOptions

  func run() throws {
    let signer = try KeyFile.signer(key)
    let note = try ProvenLog(try shared.path).sign(signer)
    let head = try TreeHead(parsing: note.text)
    try Output.reading { output in
      guard shared.json else { return try output.raw(Array(note.encoded.utf8)) }
      try output.json { json in
        json.beginObject()
        json.field("origin", head.origin)
        json.field("frames", head.size)
        json.field("last_seq", head.extent?.lastSequence ?? 0)
        json.field("root", head.root.description)
        json.field("checkpoint", note.encoded)
        json.endObject()
      }
    }
  }
}
