import TallyFormat
import TallyText

/// What there was of one item after an event, under a signed checkpoint that covers the event.
///
/// A tree over frames holds what happened, not what follows from it: no path of hashes shows a sum. So the figures are
/// the word of whoever signs them, until somebody who has the log folds it up to the event, and finds the checkpoint's
/// frames, the digest of the whole state, and the same figures.
public struct StockStatement: Sendable {
  /// `type` in the file, and the first line of what is signed.
  public static let type = "tallystick-stock/1"

  /// What is stated.
  public var figures: StockFigures
  /// Whose log it is: the name of the key that signs.
  public var origin: String
  /// The checkpoint under which it stands.
  public var checkpoint: SignedNote
  /// The figures as they were signed; `nil`: nobody has signed them.
  var statement: SignedNote?

  /// Makes a statement.
  ///
  /// - Parameters:
  ///   - figures: what is stated.
  ///   - checkpoint: a signed one that covers the event.
  ///   - signer: who vouches for the figures; `nil`: nobody does.
  /// - Throws: ``ProofFlaw/refuted(_:)`` if the checkpoint is of another log or does not cover the event, or if the
  ///   system's cryptography fails.
  public init(_ figures: StockFigures, checkpoint: SignedNote, signer: NoteSigner?) throws(ProofFlaw) {
    let head = try CheckedHead(checkpoint).head
    self.figures = figures
    self.checkpoint = checkpoint
    origin = head.origin
    try StockStatement.check(figures, stand: head)
    guard let signer else { return }
    guard signer.verifier.name == origin else {
      throw .refuted("the checkpoint is of \(origin), and the key of \(signer.verifier.name)")
    }
    guard let note = SignedNote(text: figures.text(of: head), signedBy: signer) else {
      throw .refuted("the system's cryptography failed to sign")
    }
    statement = note
  }

  /// Checks signatures, and that checkpoint and figures belong together. What it shows without the log: who vouches for
  /// what, and for which history.
  ///
  /// - Parameter verifier: whose signatures they must have.
  /// - Returns: what the checkpoint says, and whether the figures are signed.
  /// - Throws: ``ProofFlaw``.
  public func check(_ verifier: NoteVerifier) throws(ProofFlaw) -> (head: TreeHead, isSigned: Bool) {
    let head = try CheckedHead(checkpoint, by: verifier).head
    try StockStatement.check(figures, stand: head)
    guard let statement else { return (head, false) }
    guard statement.text == figures.text(of: head) else {
      throw .refuted("the figures that are signed are others, or stand under another checkpoint")
    }
    do throws(NoteFlaw) {
      guard try statement.isSigned(by: verifier) else {
        throw NoteFlaw("is not signed by \(verifier.name) with that key")
      }
    } catch {
      throw .refuted("its statement \(error)")
    }
    return (head, true)
  }

  private static func check(_ figures: StockFigures, stand head: TreeHead) throws(ProofFlaw) {
    guard let extent = head.extent, extent.log == figures.log else {
      throw .refuted("the checkpoint is not of the log that the figures are of")
    }
    guard figures.sequence <= extent.lastSequence else {
      throw .refuted(
        "the checkpoint covers events up to \(extent.lastSequence), and the figures are of event \(figures.sequence): a"
          + " newer checkpoint is due")
    }
  }

  // MARK: The file

  /// The file.
  public var encoded: [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.field("type", StockStatement.type)
    json.field("log", figures.log)
    json.field("seq", figures.sequence)
    json.field("time_ms", figures.time)
    json.write(figures)
    json.field("changed", figures.changed)
    json.field("state_digest", figures.stateDigest.description)
    json.field("statement", orNull: statement?.encoded)
    json.field("checkpoint", checkpoint.encoded)
    json.endObject()
    json.newline()
    return json.bytes
  }

  init(_ file: JSONValue) throws(ProofFlaw) {
    checkpoint = try SignedNote(in: file, "checkpoint")
    origin = try CheckedHead(checkpoint).head.origin
    switch file["statement"] {
    case nil, .null?: statement = nil
    default: statement = try SignedNote(in: file, "statement")
    }
    guard let digest = Digest(hexadecimal: try file.text("state_digest")) else {
      throw .malformed("its state_digest is not 64 hexadecimal digits")
    }
    figures = StockFigures(
      log: try file.text("log"), sequence: try file.number("seq"), time: try file.quantity("time_ms"),
      sku: Name(try file.text("sku")), location: Name(try file.text("location")),
      onHand: try file.quantity("on_hand"), held: try file.quantity("held"), floor: try file.quantity("floor"),
      changed: try file.number("changed"), stateDigest: digest)
    for name in [figures.sku, figures.location] {
      if let flaw = name.flaw() { throw .malformed("its item has a name that \(flaw)") }
    }
    guard try file.quantity("available") == figures.available else {
      throw .malformed("its available is not on hand less held and floor")
    }
  }
}

/// What there is of one item after an event.
public struct StockFigures: Sendable, Equatable {
  /// The log's identity in hexadecimal digits.
  public var log: String
  /// The event.
  public var sequence: UInt64
  /// Of the event: Unix milliseconds.
  public var time: Int64
  /// What it is.
  public var sku: Name
  /// Where it is.
  public var location: Name
  /// Units there are.
  public var onHand: Int64
  /// Units of them that reservations hold.
  public var held: Int64
  /// Units that cannot be reserved.
  public var floor: Int64
  /// The last event up to there that changed the item.
  public var changed: UInt64
  /// Of the whole state after the event: see the format document.
  public var stateDigest: Digest

  /// Units that could be reserved, never below 0. What has a recipe has this many of itself, whatever its parts make.
  public var available: Int64 { max(0, onHand - held - floor) }

  /// - Parameters: see the properties.
  public init(
    log: String, sequence: UInt64, time: Int64, sku: Name, location: Name, onHand: Int64, held: Int64, floor: Int64,
    changed: UInt64, stateDigest: Digest
  ) {
    self.log = log
    self.sequence = sequence
    self.time = time
    self.sku = sku
    self.location = location
    self.onHand = onHand
    self.held = held
    self.floor = floor
    self.changed = changed
    self.stateDigest = stateDigest
  }

  /// What is signed. Its second line is no number, so that nobody can take it for a checkpoint.
  func text(of head: TreeHead) -> String {
    """
    \(StockStatement.type)
    origin \(head.origin)
    log \(log)
    event \(sequence)
    time \(time)
    sku \(sku)
    location \(location)
    on_hand \(onHand)
    held \(held)
    floor \(floor)
    available \(available)
    changed \(changed)
    state \(stateDigest)
    checkpoint \(head.size) \(Base64.encode(head.root.bytes))

    """
  }
}

extension JSONWriter {
  /// The item, and what there was of it.
  package mutating func write(_ figures: StockFigures) {
    field("sku", "\(figures.sku)")
    field("location", "\(figures.location)")
    field("on_hand", figures.onHand)
    field("held", figures.held)
    field("floor", figures.floor)
    field("available", figures.available)
  }
}

extension JSONValue {
  fileprivate func quantity(_ name: String) throws(ProofFlaw) -> Int64 {
    let number = try number(name)
    guard number <= UInt64(Limits.maxQuantity) else { throw .malformed("its \(name) must be at most 2^53 - 1") }
    return Int64(number)
  }
}
