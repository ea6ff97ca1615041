import ArgumentParser
import TallyServer

/// How a server signs what its log is.
struct SigningOptions: ParsableArguments {
  private static let leastInterval: Int64 = 10
  private static let mostInterval: Int64 = 86_400_000

  @Option(
    help: ArgumentHelp("Sign checkpoints with this secret key (tally key generate), for outsiders.", valueName: "file"))
  var sign: String?

  @Option(
    help: "How long after a checkpoint the next is signed, if there is something new: 5s.",
    transform: Milliseconds.init(argument:))
  var checkpointEvery = Milliseconds(5_000)

  @OptionGroup var witnessing: WitnessOption

  /// `nil`: it does not.
  func configuration() throws -> CheckpointSigning? {
    guard (SigningOptions.leastInterval...SigningOptions.mostInterval).contains(checkpointEvery.count) else {
      throw CommandFailure.usage("--checkpoint-every must be from 10ms to 24h")
    }
    guard let sign else {
      if witnessing.witness.isEmpty { return nil }
      throw CommandFailure.usage("--witness needs --sign")
    }
    guard !sign.isEmpty else { throw CommandFailure.usage("--sign is empty; name the file of a secret key") }
    var signing = CheckpointSigning(key: sign)
    signing.interval = .milliseconds(checkpointEvery.count)
    signing.witnesses = try witnessing.addresses()
    return signing
  }
}
