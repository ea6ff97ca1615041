import ArgumentParser
import Glibc
import TallyProcess
import TallyProof
import Tallystick

struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Make a file by which anyone checks that a reservation stands, that nothing was rewritten, or a stock.",
    discussion: """
      It is checked offline, without the log, by: tally-verify proof FILE --key shop.key.pub

      It stands under the checkpoint that was signed last (tally checkpoint), or one that is named, or one signed now
      (--key). If the checkpoint has a root over events (tally checkpoint --events), the proof of a reservation shows its
      event alone; else, or with --frame, the whole frame that it was committed in, and so what else was committed in the
      same instant.

      Examples:
        tally prove order-1 --out order-1.proof
        tally prove order-1 --key shop.key
        tally prove --consistency monday.checkpoint friday.checkpoint
        tally prove --stock tea@berlin --at 90210 --key shop.key --out tea.statement
      """)

  @Argument(help: ArgumentHelp("The reservation's id; with --consistency the two checkpoints.", valueName: "id"))
  var names: [String] = []

  @Flag(help: "Prove that the log of the second checkpoint begins with the whole log of the first.")
  var consistency = false

  @Flag(help: "Show the whole frame although the event alone could be shown.")
  var frame = false

  @Flag(help: "Prove this event, by its number, instead of a reservation.")
  var event = false

  @Option(help: ArgumentHelp("Write the page on which anybody checks proofs, and do nothing else.", valueName: "file"))
  var page: String?

  @Option(
    help: ArgumentHelp(
      "State what there was of this item; with --key the figures are signed.", valueName: "sku[@location]"))
  var stock: String?

  @Option(
    help: ArgumentHelp(
      "With --stock: after this event, or the last one not later than this time.", valueName: "seq|time"),
    transform: Moment.init(argument:))
  var at: Moment?

  @Option(help: ArgumentHelp("Where the proof goes (default: standard output).", valueName: "file"))
  var out: String?

  @Option(help: ArgumentHelp("The signed checkpoint to stand under.", valueName: "file"))
  var checkpoint: String?

  @Option(help: ArgumentHelp("Sign a checkpoint now, with this secret key.", valueName: "file"))
  var key: String?

  @OptionGroup var shared: SharedOptions

  func validate() throws {
    if page != nil {
      guard names.isEmpty, stock == nil, !consistency else { throw ValidationError("--page stands alone") }
      return
    }
    if frame, event || consistency || stock != nil { throw ValidationError("--frame goes with a reservation's id.") }
    if event, (names.first.flatMap { UInt64($0) } ?? 0) == 0 {
      throw ValidationError("--event takes an event's number; the first is 1")
    }
    if stock != nil, consistency || !names.isEmpty {
      throw ValidationError("--stock takes no other arguments, and stands alone.")
    }
    if at != nil, stock == nil { throw ValidationError("--at goes with --stock.") }
    guard stock != nil || names.count == (consistency ? 2 : 1) else {
      throw ValidationError(
        consistency
          ? "--consistency takes two checkpoints: the older one, then the newer" : "one reservation id is due")
    }
    if consistency, checkpoint != nil || key != nil {
      throw ValidationError("--consistency takes its checkpoints as arguments.")
    }
    if checkpoint != nil, key != nil { throw ValidationError("Either --checkpoint or --key.") }
  }

  func run() throws {
    if let page { return try write(ProofPage.html, to: page, "--page") }
    let path = try shared.path
    let proof: [UInt8]
    do {
      if let stock {
        proof = try stockStatement(stock, path)
      } else {
        proof = consistency ? try consistencyProof(path) : try reservationProof(path)
      }
    } catch let flaw as ProofFlaw {
      throw CommandFailure(.rejected, flaw.description)
    }
    guard let out else { return try Output.reading { try $0.raw(proof) } }
    try write(proof, to: out, "--out")
  }

  /// Not over what is read for it.
  private func write(_ bytes: [UInt8], to path: String, _ option: String) throws {
    let inputs = [key, checkpoint].compactMap { $0 } + (consistency ? names : [])
    if let objection = FilePlace.objection(toWriting: path, option, log: try? shared.path, keeping: inputs) {
      throw CommandFailure.usage(objection)
    }
    do throws(OutputFile.Failure) { try OutputFile(path).write(bytes) } catch {
      throw CommandFailure(.inputOutput, error.description)
    }
  }

  private func consistencyProof(_ path: String) throws -> [UInt8] {
    let (old, new) = (try ProvenLog.note(names[0]), try ProvenLog.note(names[1]))
    let size = max(try TreeHead(parsing: old.text).size, try TreeHead(parsing: new.text).size)
    return try ProvenLog.proving(path) { log in
      // Also of one that is grown as far as the log goes, and has fewer: that says what is wrong.
      guard log.tree.size >= size || log.isGrown else { return nil }
      return try ConsistencyProof(from: old, to: new, tree: log.tree, source: log.source).encoded
    }
  }

  private func stockStatement(_ argument: String, _ path: String) throws -> [UInt8] {
    let item = try Arguments.item(argument)
    let log = try key == nil ? ProvenLog(reading: path) : ProvenLog(path)
    // First what is signed, so that it covers the moment.
    let note = try checkpoint.map { try ProvenLog.note($0) } ?? log.checkpoint(signedWith: key)
    let extent = try TreeHead(parsing: note.text).extent
    let moment = at ?? .sequence(extent?.lastSequence ?? 0)
    let (report, digest) = try shared.reader().stockAndDigest(at: moment, of: [item.sku])
    guard let level = report.levels.first(where: { $0.item == item }) else {
      throw CommandFailure(.rejected, "there is no item \(Arguments.quote(argument)) at event \(report.sequence)")
    }
    let figures = StockFigures(
      log: log.source.log.description, sequence: report.sequence, time: report.time, sku: item.sku,
      location: item.location, onHand: level.onHand, held: level.held, floor: level.floor, changed: level.sequence,
      stateDigest: digest)
    return try StockStatement(figures, checkpoint: note, signer: key.map { try KeyFile.signer($0) }).encoded
  }

  private func reservationProof(_ path: String) throws -> [UInt8] {
    let id = try Arguments.name(names[0], "reservation id")
    let reader = try shared.reader()
    let sequence: UInt64
    if event, let number = UInt64(names[0]) {
      sequence = number
    } else {
      guard let found = try reader.sequence(ofReservation: id) else {
        throw CommandFailure(.rejected, "there is no reservation \(Arguments.quote(names[0]))")
      }
      sequence = found
    }
    // Under a new checkpoint, or one that there is: then the tree has its frames already.
    if let key {
      let log = try ProvenLog(path)
      return try proof(of: sequence, id, under: log.checkpoint(signedWith: key), log, reader)
    }
    return try ProvenLog.proving(path) { log in
      let note = try checkpoint.map { try ProvenLog.note($0) } ?? log.checkpoint(signedWith: nil)
      let head = try TreeHead(parsing: note.text)
      guard log.tree.size >= head.size else { return nil }
      if !frame, head.eventsRoot != nil, try log.tree.hasLostEvents { return nil }
      return try proof(of: sequence, id, under: note, log, reader)
    }
  }

  private func proof(
    of sequence: UInt64, _ id: Name, under note: SignedNote, _ log: ProvenLog, _ reader: LogReader
  ) throws -> [UInt8] {
    let head = try TreeHead(parsing: note.text)
    if let last = head.extent?.lastSequence, sequence > last {
      throw CommandFailure(
        .rejected,
        "event \(sequence) is not under the checkpoint, which ends with event \(last): a newer checkpoint is needed; sign one "
          + "with --key")
    }
    if event || !frame && log.tree.keepsEvents, event || head.eventsRoot != nil {
      return try EventProof(of: sequence, checkpoint: note, tree: log.tree, source: reader.source).encoded
    }
    return try ReservationProof(
      id: id, sequence: sequence, names: { try reader.itemNames(of: $0).map { ($0.sku, $0.location) } },
      checkpoint: note, tree: log.tree, source: reader.source
    ).encoded
  }
}
