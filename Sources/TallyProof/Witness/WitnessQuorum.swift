import TallyFormat

/// How many of which witnesses must have cosigned a checkpoint.
public struct WitnessQuorum: Sendable {
  /// A witness that did.
  public struct Cosigner: Equatable, Sendable {
    /// Of its key.
    public var name: String
    /// When, in seconds since 1970, as it says.
    public var seconds: UInt64
    /// The same in milliseconds, or as many as can be said.
    public var milliseconds: Int64 { Int64(clamping: min(seconds, UInt64(Int64.max) / 1_000) * 1_000) }
  }
  private let keys: [NoteVerifier]
  private let least: Int

  /// - Parameters:
  ///   - keys: the witnesses'. The same one twice counts once.
  ///   - least: so many of them; `nil`: all.
  /// - Throws: ``NoteFlaw`` for a key that is no witness's, or a number that they cannot reach.
  public init(_ keys: [NoteVerifier], least: Int? = nil) throws(NoteFlaw) {
    for key in keys where !key.isWitness { throw NoteFlaw("of \(key.name) is a log's, not a witness's") }
    self.keys = keys.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    self.least = least ?? self.keys.count
    guard (0...self.keys.count).contains(self.least) else {
      throw NoteFlaw("is one of \(self.keys.count), and \(self.least) are asked for")
    }
  }

  /// Somebody must have cosigned.
  public var isNeeded: Bool { least > 0 }

  /// Who cosigned.
  ///
  /// - Throws: ``NoteFlaw`` if there are too few, or a cosignature is wrong.
  @discardableResult
  public func check(_ note: SignedNote) throws(NoteFlaw) -> [Cosigner] {
    var found = [Cosigner]()
    for key in keys where try note.isSigned(by: key) {
      let line = note.signatures.first { $0.name == key.name && $0.id == key.id }
      found.append(Cosigner(name: key.name, seconds: line?.time ?? 0))
    }
    guard found.count >= least else {
      throw NoteFlaw("is cosigned by \(found.count) of the \(keys.count) witnesses; \(least) are due")
    }
    return found
  }
}
