import TallyFormat

/// A public key as an option names it: the key itself, or a file that holds it.
enum PublicKey {
  private static let largest = 4096

  /// - Throws: ``CheckpointFile/Malformed`` or `FileError`.
  static func read(_ text: String, files: any FileSystem) throws -> NoteVerifier {
    let bytes = try files.contents(of: text, maximum: largest)
    do throws(NoteFlaw) {
      return try NoteVerifier(bytes.map { String(decoding: $0, as: UTF8.self) } ?? text)
    } catch {
      throw CheckpointFile.Malformed(
        description: bytes == nil ? "“\(text)” is no file, and \(error)" : "\(text) \(error)")
    }
  }
}
