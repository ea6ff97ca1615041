/// The page on which anybody checks a proof in a browser, without sending anything anywhere: one file, without others.
///
/// Its policy lets nothing run but its own script and style, by their hashes: after a change of `proof.html` a browser's console
/// names the new ones, which belong into the policy in its head.
public enum ProofPage {
  /// The file.
  public static var html: [UInt8] { PackageResources.proof_html }
}
