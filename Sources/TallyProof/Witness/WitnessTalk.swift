import TallyFormat

/// One log's talk with one witness about one checkpoint: what to send, and what its answers mean. How that travels is the
/// caller's.
public struct WitnessTalk: Sendable {
  /// Where the talk has come to.
  public enum Outcome: Equatable, Sendable {
    /// It cosigned.
    case cosigned([NoteSignature])
    /// The witness has cosigned a history that this checkpoint does not continue.
    case otherHistory(String)
    /// It gives no cosignature, now or ever: why.
    case refused(String)
  }

  /// What is to be cosigned.
  public let checkpoint: SignedNote
  /// Its frames.
  public let size: UInt64
  /// Frames that the witness is thought to have cosigned.
  public private(set) var oldSize: UInt64
  /// `nil`: the request is to be sent, again perhaps.
  public private(set) var outcome: Outcome?
  private let witness: NoteVerifier?
  /// Requests that may still be sent: another process of the same log may be faster now and then.
  private var attempts = 3

  /// - Parameters:
  ///   - checkpoint: what is to be cosigned.
  ///   - witness: its key; `nil`: whatever it answers is passed on.
  ///   - last: the checkpoint before, with the cosignatures that it got.
  /// - Throws: ``NoteFlaw`` for a note that is no checkpoint.
  public init(_ checkpoint: SignedNote, witness: NoteVerifier?, last: SignedNote?) throws(NoteFlaw) {
    self.checkpoint = checkpoint
    self.witness = witness
    size = try TreeHead(parsing: checkpoint.text).size
    let wasThere = last?.signatures.contains { $0.name == witness?.name && $0.id == witness?.id } ?? false
    let before = try last.map { (note) throws(NoteFlaw) in try TreeHead(parsing: note.text).size } ?? 0
    oldSize = wasThere ? min(before, size) : 0
  }

  /// Takes the answer to a request.
  ///
  /// - Parameters:
  ///   - status: of HTTP.
  ///   - body: its text.
  public mutating func take(status: Int, _ body: String) {
    attempts -= 1
    switch status {
    case 200: outcome = signatures(body)
    case 409:
      guard let line = body.split(separator: "\n", omittingEmptySubsequences: false).first, let known = UInt64(line)
      else {
        outcome = .refused("it answers 409 without a size")
        return
      }
      guard known <= size else {
        outcome = .otherHistory(
          "it has cosigned \(known) frames, and this log has \(size): it was cut or restored from an older copy")
        return
      }
      oldSize = known
      if attempts == 0 { outcome = .refused("it names another size each time") }
    case 422:
      outcome = .otherHistory(
        "it has cosigned \(oldSize) frames that this log does not begin with: \(WitnessTalk.line(body))")
    default: outcome = .refused("it answers \(status): \(WitnessTalk.line(body))")
    }
  }

  /// No answer came.
  public mutating func fail(_ reason: String) { outcome = .refused(reason) }

  private func signatures(_ body: String) -> Outcome {
    var found = [NoteSignature]()
    for line in body.split(separator: "\n") {
      guard let signature = try? NoteSignature(line: line), signature.time != nil else { continue }
      // Nobody may spoil a line that stands there already.
      if (checkpoint.signatures + found).contains(where: { $0.name == signature.name && $0.id == signature.id }) {
        continue
      }
      if let witness {
        let note = SignedNote(text: checkpoint.text, signatures: [signature])
        guard (try? note.isSigned(by: witness)) == true else { continue }
      }
      found.append(signature)
    }
    if found.isEmpty { return .refused("its answer has no cosignature of the key that is due") }
    return .cosigned(found)
  }

  /// The first line of what others write, short enough for a message.
  private static func line(_ body: String) -> String {
    String(body.prefix { !$0.isNewline }.prefix(200))
  }
}
