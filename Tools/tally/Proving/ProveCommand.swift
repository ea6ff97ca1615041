import ArgumentParser
import Glibc
import TallyProof
import Tallystick

struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Make a file with which anyone checks that a reservation stands, or that nothing was rewritten.",
    discussion: """
      It is checked offline, without the log, by: tally-verify proof FILE --key shop.key.pub

      The proof of a reservation shows the whole frame that it was committed in, and so what else was committed in the
      same instant. It stands under the checkpoint that was signed last (tally checkpoint), or one that is named, or one
      signed now (--key).

      Examples:
        tally prove order-1 --out order-1.proof
        tally prove order-1 --key shop.key
        tally prove --consistency monday.checkpoint friday.checkpoint
      """)

  @Argument(help: ArgumentHelp("The reservation's id; with --consistency the two checkpoints.", valueName: "id"))
  var names: [String] = []

  @Flag(help: "Prove that the log of the second checkpoint begins with the whole log of the first.")
  var consistency = false

  @Option(help: ArgumentHelp("Where the proof goes (default: standard output).", valueName: "file"))
  var out: String?

  @Option(help: ArgumentHelp("The signed checkpoint to stand under.", valueName: "file"))
  var checkpoint: String?

  @Option(help: ArgumentHelp("Sign a checkpoint now, with this secret key.", valueName: "file"))
  var key: String?

  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard names.count == (consistency ? 2 : 1) else {
      throw ValidationError(
        consistency
          ? "--consistency takes two checkpoints: the older one, then the newer." : "One reservation id is due.")
    }
    if consistency, checkpoint != nil || key != nil {
      throw ValidationError("--consistency takes its checkpoints as arguments.")
    }
    if checkpoint != nil, key != nil { throw ValidationError("Either --checkpoint or --key.") }
  }

  func run() throws {
    let path = try shared.path
    let proof: [UInt8]
    do {
      proof = consistency ? try consistencyProof(path) : try reservationProof(path)
    } catch let flaw as ProofFlaw {
      throw CommandFailure(.rejected, flaw.description)
    }
    guard let out else { return try Output.reading { try $0.raw(proof) } }
    try KeyFile.replace(out, with: proof)
  }

  private func consistencyProof(_ path: String) throws -> [UInt8] {
    let (old, new) = (try ProvenLog.note(names[0]), try ProvenLog.note(names[1]))
    let log = try ProvenLog(path)
    try log.tree.grow(from: log.source)
    return try ConsistencyProof(from: old, to: new, tree: log.tree).encoded
  }

  private func reservationProof(_ path: String) throws -> [UInt8] {
    let id = try Arguments.name(names[0], "reservation id")
    let reader = try shared.reader()
    guard let story = try reader.show(id) else {
      throw CommandFailure(.rejected, "there is no reservation \(Arguments.quote(names[0]))")
    }
    let log = try ProvenLog(path)
    let note = try signedCheckpoint(log)
    try log.tree.grow(from: log.source)
    return try ReservationProof(
      id: id, sequence: story.sequence, names: { try reader.itemNames(of: $0).map { ($0.sku, $0.location) } },
      checkpoint: note, tree: log.tree, source: log.source
    ).encoded
  }

  private func signedCheckpoint(_ log: ProvenLog) throws -> SignedNote {
    if let key { return try log.sign(try KeyFile.signer(key)) }
    if let checkpoint { return try ProvenLog.note(checkpoint) }
    if let last = try log.lastCheckpoint() { return last }
    throw CommandFailure(
      .rejected, "no checkpoint has been signed yet; sign one with: tally checkpoint --key FILE, or give --key here")
  }
}
