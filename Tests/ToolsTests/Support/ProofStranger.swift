import TallyTestSupport
import Testing

/// The checker of proofs that was written from the documents alone, beside ours.
enum ProofStranger {
  private static let script = StrangerTests.script.replacing("verify.py", with: "proof.py")

  /// A proof, and the same with one letter changed, at places all over the file.
  static func variants(of proof: String, from first: Int, every step: Int) -> [String] {
    [proof]
      + stride(from: first, to: proof.utf8.count, by: step).map { place in
        var bytes = Array(proof.utf8)
        bytes[place] ^= 1
        return String(decoding: bytes, as: UTF8.self)
      }
  }

  /// Has both check each: a proof holds for both, or for none. Which of two flaws is said is a matter of order.
  ///
  /// - Parameters:
  ///   - key: the public key's file.
  ///   - log: where both look whether a stated stock was so; `nil`: nowhere.
  /// - Returns: how many hold.
  static func judge(_ proofs: [String], of tally: Tool, key file: String, log: String? = nil) throws -> Int {
    let key = try String(decoding: tally.bytes(of: file), as: UTF8.self)
    var proven = 0
    for (number, proof) in proofs.enumerated() {
      let place = try tally.file("proof", proof)
      let more = log.map { ["--log", $0] } ?? []
      let ours = tally.check(proof: place, key: file, more)
      let theirs = tally.end(["python3", "-B", script, place, key] + more)
      #expect(
        (ours.status == 0) == (theirs.status == 0),
        "proof \(number): \(ours.errors) \(theirs.output)\(theirs.errors)\n\(proof)")
      #expect([0, 1, 65].contains(ours.status) && [0, 1, 65].contains(theirs.status), "\(theirs.errors)")
      if ours.status == 0 { proven += 1 }
    }
    return proven
  }
}

extension Tool {
  /// What `tally-verify proof` says of a file.
  func check(proof: String, key: String, _ more: [String] = []) -> RunningProgram.Ended {
    end([Tool.verify, "proof", proof, "--key", key, "--json"] + more)
  }
}
