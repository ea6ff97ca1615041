import ArgumentParser
import TallyFormat
import TallyProof
import TallyText

/// Which witnesses must have cosigned a checkpoint.
struct WitnessOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The public key, or its file, of a witness that must have cosigned; may be given several times.",
      valueName: "public"))
  var witnessKey: [String] = []

  @Option(help: ArgumentHelp("So many of the witnesses are enough (default: all).", valueName: "n"))
  var quorum: Int?

  func validate() throws {
    guard let quorum else { return }
    guard (1...max(1, witnessKey.count)).contains(quorum), !witnessKey.isEmpty else {
      throw ValidationError("--quorum is a number from 1 to that of the --witness-key given.")
    }
  }

  /// - Throws: ``CheckpointFile/Malformed`` or `FileError`.
  func read(_ files: any FileSystem) throws -> WitnessQuorum {
    let keys = try witnessKey.map { try PublicKey.read($0, files: files) }
    do throws(NoteFlaw) { return try WitnessQuorum(keys, least: quorum) } catch {
      throw CheckpointFile.Malformed(description: "the witness key \(error)")
    }
  }
}

extension JSONWriter {
  /// Who cosigned, and when they say that they did.
  mutating func write(_ cosigners: [WitnessQuorum.Cosigner]) {
    array("witnesses", cosigners) { json, cosigner in
      json.beginObject()
      json.field("name", cosigner.name)
      json.field("time_ms", cosigner.milliseconds)
      json.endObject()
    }
  }
}
