import ArgumentParser
import TallyFormat
import TallyProcess
import TallyProof
import TallyText

/// Checks a proof that `tally prove` made: offline, without the log.
struct VerifyProof: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tally-verify proof",
    abstract: "Check what tally prove made: of a reservation, of two checkpoints, of a stock.",
    discussion: """
      Needs nothing but the file and the public key of the log's owner. The figures of a stock are their word alone,
      until the log is folded again: with --log.

      Examples:
        tally-verify proof order-1.proof --key shop.key.pub
        tally-verify proof tea.statement --key shop.key.pub --log shop.tally
        tally-verify proof order-1.proof --key shop.key.pub --witness-key w1.pub --witness-key w2.pub --quorum 2

      With --witness-key each checkpoint in the file must be cosigned: with a quorum of witnesses the log cannot have
      shown somebody else another history.

      Exit codes:
        0   proven; of a stock without --log: signed
        1   the proof does not hold, or is not signed with that key
        65  it is no proof, or the log is damaged
        74  a file cannot be read
      """)

  @Argument(help: "What tally prove made.")
  var file: String

  @Option(help: ArgumentHelp("The public key, or its file.", valueName: "public"))
  var key: String

  @Option(help: ArgumentHelp("Of a stock: fold this log to see whether the figures are right.", valueName: "dir"))
  var log: String?

  @OptionGroup var witnesses: WitnessOptions

  @Flag(help: "Print one JSON object on standard output.")
  var json = false

  func run() throws {
    let files = LocalFileSystem()
    do {
      let bytes = try files.contents(ofExisting: file, maximum: ProofFile.largest, to: "open the proof")
      try check(
        try ProofFile(parsing: bytes), try PublicKey.read(key, files: files), try witnesses.read(files))
    } catch let flaw as ProofFlaw {
      switch flaw {
      case .malformed(let reason):
        complain("\(file) is no proof: \(reason)")
        throw ExitCode(65)
      case .refuted(let reason):
        if json {
          try answer {
            $0.field("verdict", "inconsistent")
            $0.field("detail", reason)
          }
        }
        complain("\(file) proves nothing: \(reason)")
        throw ExitCode(1)
      }
    } catch let error as CheckpointFile.Malformed {
      complain(error.description)
      throw ExitCode(65)
    } catch let error as LogError {
      complain("\(error)")
      if case .file = error { throw ExitCode(74) }
      throw ExitCode(65)
    } catch let error as FileError {
      complain("\(error)")
      throw ExitCode(74)
    }
  }

  private func check(_ proof: ProofFile, _ verifier: NoteVerifier, _ quorum: WitnessQuorum) throws {
    if log != nil {
      guard case .stock = proof else {
        complain("--log goes with a statement of stock; a proof of another kind is checked without the log")
        throw ExitCode(64)
      }
    }
    switch proof {
    case .reservation(let proof):
      let finding = try proof.check(verifier)
      try show(proof, finding, try cosigners(proof.checkpoint, quorum))
    case .event(let proof):
      let (head, event) = try proof.check(verifier)
      try show(proof, head, event, try cosigners(proof.checkpoint, quorum))
    case .stock(let statement):
      try VerifyStock(statement, verifier, try cosigners(statement.checkpoint, quorum), log: log, json: json).run()
    case .consistency(let proof):
      let (old, new) = try proof.check(verifier)
      _ = try cosigners(proof.old, quorum)
      let cosigners = try cosigners(proof.new, quorum)
      guard json else {
        return try StandardOutput.line(
          "PROVEN: the log of \(new.origin) with \(new.size) frames begins with all \(old.size) that it had before"
            + VerifyProof.words(cosigners))
      }
      try answer { json in
        json.field("verdict", "proven")
        json.field("type", ConsistencyProof.type)
        json.field("origin", new.origin)
        json.field("old_frames", old.size)
        json.field("frames", new.size)
        json.write(cosigners)
      }
    }
  }

  private func cosigners(_ note: SignedNote, _ quorum: WitnessQuorum) throws -> [WitnessQuorum.Cosigner] {
    do throws(NoteFlaw) { return try quorum.check(note) } catch {
      throw ProofFlaw.refuted("its checkpoint \(error)")
    }
  }

  private func show(
    _ proof: ReservationProof, _ finding: ReservationProof.Finding, _ cosigners: [WitnessQuorum.Cosigner]
  ) throws {
    guard json else {
      let verb = finding.waits ? "stands in line" : "stands"
      try StandardOutput.line(
        "PROVEN: reservation \(proof.id) \(verb) as event \(proof.sequence) of the log of \(finding.head.origin), made at "
          + "\(Timestamp.text(finding.time)), in frame \(finding.frame) of the \(finding.head.size) that were signed for"
          + VerifyProof.words(cosigners))
      for line in finding.lines {
        let name = line.item.map { "\($0.sku)@\($0.location)" } ?? "a name that is not told"
        try StandardOutput.line(
          "  \(line.quantity) of item number \(line.number.rawValue), which is stated to be \(name)")
      }
      return
    }
    try answer { json in
      json.field("verdict", "proven")
      json.field("type", ReservationProof.type)
      json.field("origin", finding.head.origin)
      json.field("log", finding.head.extent?.log ?? "")
      json.field("id", "\(proof.id)")
      json.field("seq", proof.sequence)
      json.field("time_ms", finding.time)
      json.field("state", finding.waits ? "waiting" : "reserved")
      json.array("lines", finding.lines) { json, line in
        json.beginObject()
        json.field("item", line.number.rawValue)
        json.field("qty", line.quantity)
        json.field("stated_sku", orNull: line.item.map { "\($0.sku)" })
        json.field("stated_location", orNull: line.item.map { "\($0.location)" })
        json.endObject()
      }
      json.field("frame", finding.frame)
      json.field("frames", finding.head.size)
      json.write(cosigners)
    }
  }

  static func words(_ cosigners: [WitnessQuorum.Cosigner]) -> String {
    if cosigners.isEmpty { return "" }
    let texts = cosigners.map { "\($0.name) at \(Timestamp.text($0.milliseconds))" }
    return ", and cosigned by " + texts.joined(separator: " and ")
  }

  func answer(_ body: (inout JSONWriter) -> Void) throws {
    var json = JSONWriter()
    json.object { body(&$0) }
    try StandardOutput.line(String(decoding: json.bytes, as: UTF8.self))
  }
}
