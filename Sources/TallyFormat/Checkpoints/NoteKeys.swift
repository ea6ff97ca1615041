import Crypto
import FoundationEssentials

/// Who may sign notes, and how each is known: Ed25519 keys of the C2SP specification `signed-note`.
///
/// A key's *name* is that of the log or the witness, as a URL without scheme; its *id*, four bytes of a hash over name and
/// key, keeps keys of one name apart.
public struct NoteVerifier: Sendable, Equatable {
  /// Bytes that a name may have.
  package static let mostNameBytes = 255
  /// Whose key it is.
  public let name: String
  /// The 32 bytes of the public key.
  let key: [UInt8]
  /// What a signature is made over, and in how much of it the signature's bytes begin.
  let kind: NoteSignatureKind

  init(name: String, key: [UInt8], kind: NoteSignatureKind) {
    self.name = name
    self.key = key
    self.kind = kind
  }

  /// It is a witness's: its signatures say when they were made.
  public var isWitness: Bool { kind == .cosignature }

  /// Four bytes, as a number with the first byte highest.
  public var id: UInt32 {
    let hash = Array(SHA256.hash(data: Array(name.utf8) + [0x0A, kind.rawValue] + key))
    return NoteBytes.number(hash.prefix(4))
  }

  /// A verifier key as people pass it on: `name+0123abcd+base64`.
  ///
  /// - Throws: ``NoteFlaw`` for anything else.
  public init(_ text: String) throws(NoteFlaw) {
    let parts = text.trimmingNewline.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let id = UInt32(parts[1], radix: 16), parts[1].utf8.count == 8 else {
      throw NoteFlaw("is no verifier key: name+8 hexadecimal digits+base64 is due")
    }
    guard let bytes = Base64.decode(String(parts[2])), bytes.count == 33,
      let kind = NoteSignatureKind(rawValue: bytes[0])
    else { throw NoteFlaw("is a verifier key of a kind that is not known here: Ed25519 is due") }
    self.init(name: String(parts[0]), key: Array(bytes.dropFirst()), kind: kind)
    guard NoteText.isName(name) else { throw NoteFlaw("has a name with blanks or a plus sign, or none") }
    guard id == self.id else { throw NoteFlaw("is a verifier key whose id is not that of its key") }
  }

  /// As ``init(_:)`` reads it.
  public var text: String { "\(name)+\(Hex.encode(idBytes))+\(Base64.encode([kind.rawValue] + key))" }

  var idBytes: [UInt8] { NoteBytes.of(id) }

  /// The same key for another tree of its owner, under the name `name/part`.
  ///
  /// - Returns: `nil` if that is too long for a name.
  public func beside(_ part: String) -> NoteVerifier? {
    let name = "\(name)/\(part)"
    return NoteText.isName(name) ? NoteVerifier(name: name, key: key, kind: kind) : nil
  }

  /// Whether it signed the text.
  func signed(_ text: [UInt8], _ signature: [UInt8]) -> Bool {
    guard let message = kind.message(text, signature),
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
    else { return false }
    return key.isValidSignature(signature.suffix(64), for: message)
  }
}

/// What a signature's bytes are.
enum NoteSignatureKind: UInt8 {
  /// Ed25519 over the text.
  case plain = 1
  /// Ed25519 over the time of signing and the text: the C2SP specification `tlog-cosignature`.
  case cosignature = 4

  /// What Ed25519 signs; `nil` if the signature is not as long as it must be.
  func message(_ text: [UInt8], _ signature: [UInt8]) -> [UInt8]? {
    switch self {
    case .plain: return signature.count == 64 ? text : nil
    case .cosignature:
      guard signature.count == 72 else { return nil }
      return NoteSignatureKind.cosigned(text, NoteBytes.number(signature.prefix(8)))
    }
  }

  static func cosigned(_ text: [UInt8], _ seconds: UInt64) -> [UInt8] {
    Array("cosignature/v1\ntime \(seconds)\n".utf8) + text
  }
}

/// The secret half of a key.
public struct NoteSigner: Sendable {
  /// What others need to check its signatures.
  public let verifier: NoteVerifier
  private let key: Curve25519.Signing.PrivateKey

  private init(name: String, key: Curve25519.Signing.PrivateKey, kind: NoteSignatureKind) {
    self.key = key
    verifier = NoteVerifier(name: name, key: Array(key.publicKey.rawRepresentation), kind: kind)
  }

  /// Makes a key from the system's random source.
  ///
  /// - Parameters:
  ///   - name: whose it is, 1 to 255 bytes without blanks and plus signs; a URL without scheme, such as `shop.example/log`.
  ///   - cosigns: it is a witness's.
  /// - Throws: ``NoteFlaw`` for another name.
  public static func generate(name: String, cosigns: Bool = false) throws(NoteFlaw) -> NoteSigner {
    guard NoteText.isName(name) else {
      throw NoteFlaw("“\(name)” is no name for a key: 1 to 255 bytes without blanks, control characters and plus signs")
    }
    return NoteSigner(name: name, key: Curve25519.Signing.PrivateKey(), kind: cosigns ? .cosignature : .plain)
  }

  /// A key as it is kept: `PRIVATE+KEY+name+0123abcd+base64`.
  ///
  /// - Throws: ``NoteFlaw`` for anything else.
  public init(_ text: String) throws(NoteFlaw) {
    let parts = text.trimmingNewline.split(separator: "+", maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == "PRIVATE", parts[1] == "KEY", let bytes = Base64.decode(String(parts[4])),
      bytes.count == 33, let kind = NoteSignatureKind(rawValue: bytes[0]),
      let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.dropFirst())
    else { throw NoteFlaw("is no secret key: PRIVATE+KEY+name+8 hexadecimal digits+base64 is due") }
    self.init(name: String(parts[2]), key: key, kind: kind)
    guard NoteText.isName(verifier.name), Hex.encode(verifier.idBytes) == parts[3] else {
      throw NoteFlaw("is a secret key whose id is not that of its name and key")
    }
  }

  /// As ``init(_:)`` reads it. A secret.
  public var text: String {
    let seed = Base64.encode([verifier.kind.rawValue] + key.rawRepresentation)
    return "PRIVATE+KEY+\(verifier.name)+\(Hex.encode(verifier.idBytes))+\(seed)"
  }

  /// Bytes that only who has the secret key can work out: HKDF with SHA-256 (RFC 5869).
  ///
  /// - Parameters:
  ///   - purpose: other bytes for each.
  ///   - count: 1 to 8,160.
  package func secret(for purpose: String, bytes count: Int) -> [UInt8] {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: key.rawRepresentation), info: Array(purpose.utf8), outputByteCount: count
    ).withUnsafeBytes { Array($0) }
  }

  /// The same key for another tree of its owner: see ``NoteVerifier/beside(_:)``. What it signs begins with another origin, so
  /// that a checkpoint of the one tree is never one of the other.
  public func beside(_ part: String) -> NoteSigner? {
    verifier.beside(part).map { NoteSigner(name: $0.name, key: key, kind: $0.kind) }
  }

  /// Signs a note's text.
  ///
  /// - Parameters:
  ///   - text: with a line feed at its end.
  ///   - seconds: the time of signing in seconds since 1970, which a witness's signature says; others leave it out.
  /// - Returns: `nil` if the system's cryptography fails.
  public func sign(_ text: [UInt8], at seconds: UInt64 = 0) -> NoteSignature? {
    switch verifier.kind {
    case .plain:
      guard let signature = try? key.signature(for: text) else { return nil }
      return NoteSignature(name: verifier.name, id: verifier.id, bytes: Array(signature))
    case .cosignature:
      guard let signature = try? key.signature(for: NoteSignatureKind.cosigned(text, seconds)) else { return nil }
      return NoteSignature(name: verifier.name, id: verifier.id, bytes: NoteBytes.of(seconds) + signature)
    }
  }
}

/// What is wrong with a key, a note or a checkpoint, in words that follow its name.
public struct NoteFlaw: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public let description: String
  package init(_ description: String) { self.description = description }
}

extension StringProtocol {
  /// Without one line end.
  fileprivate var trimmingNewline: String {
    var text = String(self)
    while text.utf8.last == 0x0A || text.utf8.last == 0x0D { text.unicodeScalars.removeLast() }
    return text
  }
}

/// Base64 with padding, section 4 of RFC 4648: nothing else is taken.
package enum Base64 {
  package static func encode(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

  package static func decode(_ text: String) -> [UInt8]? {
    guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
    return Array(data)
  }
}
