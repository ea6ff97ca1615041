import TallyFormat

/// Cosigns the checkpoints of other people's logs, each only if it begins with all that was cosigned before: the C2SP
/// specifications `tlog-witness` and `tlog-cosignature`. With it a log cannot show two histories.
///
/// One thread at a time.
public final class Witness {
  private let signer: NoteSigner
  private let logs: [NoteVerifier]
  private let state: WitnessState

  /// - Parameters:
  ///   - signer: a witness's key.
  ///   - logs: keys of the logs that it looks after; a log may have several.
  ///   - path: the folder of its state, made if it is not there; its parent is.
  ///   - files: where that is.
  /// - Throws: ``WitnessFailure``
  public init(
    _ signer: NoteSigner, logs: [NoteVerifier], state path: String, files: any FileSystem = LocalFileSystem()
  ) throws(WitnessFailure) {
    self.signer = signer
    self.logs = logs
    state = try WitnessState(path, files: files)
  }

  /// Who it is.
  public var name: String { signer.verifier.name }

  /// Answers `add-checkpoint`: what is returned has been made durable.
  ///
  /// - Parameters:
  ///   - body: of the request.
  ///   - seconds: the time now, since 1970.
  public func add(_ body: [UInt8], at seconds: UInt64) throws(WitnessRefusal) -> NoteSignature {
    let request: WitnessRequest
    do throws(NoteFlaw) { request = try WitnessRequest(parsing: body) } catch { throw .malformed(error) }
    return try add(request, at: seconds)
  }

  /// As ``add(_:at:)-([UInt8],_)``, in the order of the specification.
  public func add(_ request: WitnessRequest, at seconds: UInt64) throws(WitnessRefusal) -> NoteSignature {
    let head: TreeHead
    do throws(NoteFlaw) { head = try TreeHead(parsing: request.checkpoint.text) } catch { throw .malformed(error) }
    let signed = try signatures(request.checkpoint, of: head.origin)
    guard request.oldSize <= head.size else {
      throw .malformed(NoteFlaw("names \(request.oldSize) frames as old, and the checkpoint has \(head.size)"))
    }
    let last = try trying { () throws(WitnessFailure) in try state.last(of: head.origin)?.head }
    guard request.oldSize == last?.size ?? 0 else { throw .otherSize(last?.size ?? 0) }
    try Witness.requireConsistency(from: last, to: head, request.path)
    guard let cosignature = signer.sign(Array(request.checkpoint.text.utf8), at: seconds) else {
      throw .state(.cryptography)
    }
    let note = SignedNote(text: request.checkpoint.text, signatures: signed + [cosignature])
    try trying { () throws(WitnessFailure) in try state.keep(note, of: head.origin) }
    return cosignature
  }

  /// The last checkpoint that was cosigned of a log; `nil`: none.
  ///
  /// - Parameter folder: SHA-256 of the log's origin, in lowercase hexadecimal digits.
  public func checkpoint(in folder: some StringProtocol) throws(WitnessFailure) -> SignedNote? {
    guard let log = logs.first(where: { WitnessState.name(of: $0.name) == folder }) else { return nil }
    return try state.last(of: log.name)?.note
  }

  /// Frames of the checkpoint that was cosigned last; 0: none was.
  public func size(of origin: String) throws(WitnessFailure) -> UInt64 { try state.last(of: origin)?.head.size ?? 0 }

  private func trying<T>(_ body: () throws(WitnessFailure) -> T) throws(WitnessRefusal) -> T {
    do throws(WitnessFailure) { return try body() } catch { throw .state(error) }
  }

  /// Those of the log's keys, at least one. Of other keys nothing is said, and nothing kept.
  private func signatures(_ note: SignedNote, of origin: String) throws(WitnessRefusal) -> [NoteSignature] {
    let keys = logs.filter { $0.name == origin }
    guard !keys.isEmpty else { throw .unknownOrigin(origin) }
    do throws(NoteFlaw) {
      var signers = [NoteVerifier]()
      for key in keys where try note.isSigned(by: key) { signers.append(key) }
      let signatures = note.signatures.filter { line in
        signers.contains { $0.name == line.name && $0.id == line.id }
      }
      guard !signatures.isEmpty else { throw NoteFlaw("is not signed by \(origin) with a key that is known here") }
      return signatures
    } catch {
      throw .notSigned(error)
    }
  }

  private static func requireConsistency(
    from last: TreeHead?, to head: TreeHead, _ path: [Digest]
  ) throws(WitnessRefusal) {
    if head.size == 0, head.root != MerkleHash.empty {
      throw .inconsistent("a tree without frames has the root \(MerkleHash.empty), and no other")
    }
    guard let last, last.size > 0 else {
      if !path.isEmpty { throw .inconsistent("a proof from 0 frames has no hashes") }
      return
    }
    guard MerkleProof.isConsistent((last.size, last.root), (head.size, head.root), path: path) else {
      throw .inconsistent(
        "the checkpoint of \(head.size) frames does not begin with the \(last.size) that were cosigned before")
    }
  }
}
