import Glibc

/// Which seeds a property test runs: `TALLY_SEED=n` only that one, `TALLY_SEEDS=n` so many, else a few.
public enum Seeds {
  public static func few(_ usual: Int) -> [UInt64] {
    if let seed = environment("TALLY_SEED").flatMap(UInt64.init) { return [seed] }
    let count = environment("TALLY_SEEDS").flatMap(Int.init) ?? usual
    return (0..<max(count, 1)).map { UInt64($0) + 1 }
  }

  /// The command that runs one seed of `test` again.
  public static func replay(_ seed: UInt64, of test: String) -> String {
    "TALLY_SEED=\(seed) swift test --filter \(test)"
  }

  private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
