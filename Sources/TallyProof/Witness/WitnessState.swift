import TallyFormat

/// What a witness has cosigned last, of each log: `ORIGIN-HASH/checkpoint` in its folder, so that a web server can pass the
/// folder on as the specification's monitoring prefix. One process at a time has it; one thread at a time uses it.
final class WitnessState {
  private let folder: TreeFolder
  private let lock: any LogFile

  /// - Throws: ``WitnessFailure/inUse(path:)`` after five seconds.
  init(_ path: String, files: any FileSystem) throws(WitnessFailure) {
    let folder = TreeFolder(path: path, files: files)
    self.folder = folder
    do throws(TreeError) {
      try folder.make()
      lock = try folder.lock("witness-lock", atMost: .seconds(5))
    } catch {
      throw WitnessFailure(error)
    }
  }

  deinit { lock.close() }

  /// The log's folder: SHA-256 of its origin.
  static func name(of origin: String) -> String {
    var stream = DigestStream()
    Array(origin.utf8).withUnsafeBytes { stream.update($0) }
    return stream.digest.description
  }

  /// What was cosigned last; `nil`: nothing.
  func last(of origin: String) throws(WitnessFailure) -> (note: SignedNote, head: TreeHead)? {
    let name = "\(WitnessState.name(of: origin))/checkpoint"
    let bytes: [UInt8]?
    do throws(TreeError) { bytes = try folder.read(name, atMost: SignedNote.largest) } catch {
      throw WitnessFailure(error)
    }
    guard let bytes else { return nil }
    do throws(NoteFlaw) {
      let note = try SignedNote(parsing: bytes)
      let head = try TreeHead(parsing: note.text)
      guard head.origin == origin else { throw NoteFlaw("is of \(head.origin) instead of \(origin)") }
      return (note, head)
    } catch {
      throw .damaged(path: "\(folder.path)/\(name)", reason: error.description)
    }
  }

  /// Three syncs at most. When it returns, the checkpoint is durable.
  func keep(_ note: SignedNote, of origin: String) throws(WitnessFailure) {
    do throws(TreeError) {
      try folder.write([WitnessState.name(of: origin), "checkpoint"], Array(note.encoded.utf8))
    } catch {
      throw WitnessFailure(error)
    }
  }
}
