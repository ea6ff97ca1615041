import Tallystick

/// How a server signs what its log is.
package struct CheckpointSigning: Equatable, Sendable {
  /// The file of the secret key.
  package var key: String
  /// Between two checkpoints, at least.
  package var interval = Duration.seconds(5)

  /// Who is asked to cosign each.
  package var witnesses: [WitnessAddress] = []

  package init(key: String) { self.key = key }

  /// Reads the key.
  ///
  /// - Throws: ``ServerFailure/signing(_:)``
  func signer(_ files: any FileSystem = LocalFileSystem()) throws(ServerFailure) -> NoteSigner {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try SettingFile.contents(
        of: key, files, advice: "; make a key with: tally key generate --origin NAME --out FILE")
    } catch {
      throw .signing("\(error)")
    }
    do throws(NoteFlaw) {
      let signer = try NoteSigner(String(decoding: bytes, as: UTF8.self))
      if signer.verifier.isWitness { throw NoteFlaw("is a witness's key; a log has one of its own") }
      return signer
    } catch {
      throw .signing("\(key) \(error)")
    }
  }
}
