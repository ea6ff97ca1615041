/// The page on which anybody checks a proof in a browser, without sending anything anywhere: one file, without others.
public enum ProofPage {
  /// The file.
  public static var html: [UInt8] { PackageResources.proof_html }
}
