import TallyFormat

/// The secret key of an auditor, in a file.
enum AuditorKey {
  private static let largest = 4096

  /// - Throws: ``CheckpointFile/Malformed`` or `FileError`.
  static func read(_ path: String, files: any FileSystem) throws -> NoteSigner {
    let bytes = try files.contents(
      ofExisting: path, maximum: largest, to: "read the key",
      advice: "; make one with: tally key generate --origin NAME --out FILE")
    do throws(NoteFlaw) {
      let signer = try NoteSigner(String(decoding: bytes, as: UTF8.self))
      if signer.verifier.isWitness { throw NoteFlaw("is a witness's key; an auditor has one of its own") }
      return signer
    } catch {
      throw CheckpointFile.Malformed(description: "\(path) \(error)")
    }
  }
}
