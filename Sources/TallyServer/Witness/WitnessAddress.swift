import Tallystick

/// A witness, as a log asks it.
package struct WitnessAddress: Equatable, Sendable {
  /// Where `add-checkpoint` is, without it.
  package var url: String
  /// What its cosignatures are checked with; `nil`: they are passed on as they come.
  package var key: NoteVerifier?

  private static let mostKeyBytes = 4096

  /// - Parameter text: `URL`, or `URL=KEY` with a verifier key or its file.
  /// - Throws: ``ServerFailure/signing(_:)``
  package init(_ text: some StringProtocol, files: any FileSystem = LocalFileSystem()) throws(ServerFailure) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let start = parts[0]
    guard start.hasPrefix("http://") || start.hasPrefix("https://"), start.count > 8 else {
      throw .signing(
        "--witness \(text) is no URL: http://HOST:PORT or https://HOST, and = with its verifier key or file")
    }
    url = String(start.hasSuffix("/") ? start.dropLast() : start)
    guard parts.count == 2 else { return }
    do throws(FileError) {
      let bytes = try files.contents(of: String(parts[1]), maximum: WitnessAddress.mostKeyBytes)
      key = try WitnessAddress.key(bytes.map { String(decoding: $0, as: UTF8.self) } ?? String(parts[1]), url)
    } catch {
      throw .signing("\(error)")
    }
  }

  private static func key(_ text: String, _ url: String) throws(FileError) -> NoteVerifier {
    do throws(NoteFlaw) {
      let key = try NoteVerifier(text)
      if key.isWitness { return key }
      throw NoteFlaw("is a log's key, not a witness's")
    } catch {
      throw FileError(operation: "read the key of", path: url, code: 0, reason: "it \(error)")
    }
  }

  /// For people and for metrics.
  package var name: String { key?.name ?? url }
}
