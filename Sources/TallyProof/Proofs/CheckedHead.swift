import TallyFormat
import TallyText

/// What a note says as a checkpoint.
struct CheckedHead {
  let head: TreeHead

  /// - Parameter verifier: whose signature it must have; `nil`: nobody's is looked at.
  init(_ note: SignedNote, by verifier: NoteVerifier? = nil) throws(ProofFlaw) {
    do throws(NoteFlaw) {
      if let verifier, try !note.isSigned(by: verifier) {
        throw NoteFlaw("is not signed by \(verifier.name) with that key")
      }
      head = try TreeHead(parsing: note.text)
    } catch {
      throw .refuted("its checkpoint \(error)")
    }
    if let verifier, head.origin != verifier.name {
      throw .refuted("its checkpoint is of \(head.origin), and the key of \(verifier.name)")
    }
  }
}

extension SignedNote {
  init(in file: JSONValue, _ name: String) throws(ProofFlaw) {
    let text = try file.text(name)
    do throws(NoteFlaw) { try self.init(parsing: Array(text.utf8)) } catch {
      throw .malformed("its \(name) \(error)")
    }
  }
}
