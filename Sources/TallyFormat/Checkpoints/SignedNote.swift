/// A text and who signed it: the C2SP specification `signed-note`.
public struct SignedNote: Sendable, Equatable {
  /// What is signed, with a line feed at its end.
  public let text: String
  /// In the order of their lines.
  public var signatures: [NoteSignature]

  /// Bytes that a note may have at most: some lines and some dozens of signatures.
  public static let largest = 64 << 10
  private static let mostSignatures = 100

  /// A note, by itself one that nobody has signed yet. The text has a line feed at its end.
  public init(text: String, signatures: [NoteSignature] = []) {
    self.text = text
    self.signatures = signatures
  }

  /// A note with one signature.
  ///
  /// - Parameters:
  ///   - text: with a line feed at its end.
  ///   - signer: whose signature it has.
  /// - Returns: `nil` if the system's cryptography fails.
  public init?(text: String, signedBy signer: NoteSigner) {
    guard let signature = signer.sign(Array(text.utf8)) else { return nil }
    self.init(text: text, signatures: [signature])
  }

  /// - Throws: ``NoteFlaw`` for what is no note.
  public init(parsing bytes: [UInt8]) throws(NoteFlaw) {
    guard bytes.count <= SignedNote.largest else { throw NoteFlaw("is too large for a signed note") }
    guard let whole = String(validating: bytes, as: UTF8.self), NoteText.hasNoControls(whole) else {
      throw NoteFlaw("is no signed note: it is no text")
    }
    // The last empty line: the text may have others.
    let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.last == "", let border = lines.dropLast().lastIndex(of: ""), border > 0 else {
      throw NoteFlaw("is no signed note: text, an empty line, and a line for each signature are due")
    }
    let signed = lines[(border + 1)...].dropLast()
    guard (1...SignedNote.mostSignatures).contains(signed.count) else {
      throw NoteFlaw("has \(signed.count) signatures; 1 to \(SignedNote.mostSignatures) are due")
    }
    text = lines[..<border].joined(separator: "\n") + "\n"
    signatures = []
    for line in signed { signatures.append(try NoteSignature(line: line)) }
  }

  /// The note as a file.
  public var encoded: String { text + "\n" + signatures.map { $0.line + "\n" }.joined() }

  /// Whether that key signed it: one line of its name and id, and a signature that is right.
  ///
  /// - Throws: ``NoteFlaw`` if a line has its name and id, and a signature that is wrong.
  public func isSigned(by verifier: NoteVerifier) throws(NoteFlaw) -> Bool {
    guard let signature = signatures.first(where: { $0.name == verifier.name && $0.id == verifier.id }) else {
      return false
    }
    guard verifier.signed(Array(text.utf8), signature.bytes) else {
      throw NoteFlaw("has a signature of \(verifier.name) that is wrong: it was altered, or never signed by that key")
    }
    return true
  }
}

/// One line of a note.
public struct NoteSignature: Sendable, Equatable {
  /// Of the key.
  public let name: String
  /// The key's.
  public let id: UInt32
  /// What stands behind the id.
  let bytes: [UInt8]

  init(name: String, id: UInt32, bytes: [UInt8]) {
    self.name = name
    self.id = id
    self.bytes = bytes
  }

  /// The time of signing that a witness's signature says, in seconds since 1970.
  public var time: UInt64? { bytes.count == 72 ? NoteBytes.number(bytes.prefix(8)) : nil }

  /// A line of a note, without its line feed.
  ///
  /// - Throws: ``NoteFlaw`` for what is no signature.
  public init(line: some StringProtocol) throws(NoteFlaw) {
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "—", NoteText.isName(String(parts[1])),
      let bytes = Base64.decode(String(parts[2])), bytes.count > 4
    else { throw NoteFlaw("has a line that is no signature: — name base64") }
    self.init(
      name: String(parts[1]), id: NoteBytes.number(bytes.prefix(4)), bytes: Array(bytes.dropFirst(4)))
  }

  /// As a line of a note, without its line feed.
  public var line: String { "— \(name) \(Base64.encode(NoteBytes.of(id) + bytes))" }
}

/// Numbers as they stand in signatures: the highest byte first.
enum NoteBytes {
  static func number<T: FixedWidthInteger>(_ bytes: some Sequence<UInt8>) -> T { bytes.reduce(0) { $0 << 8 | T($1) } }
  static func of(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}

enum NoteText {
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= NoteVerifier.mostNameBytes && hasNoControls(name) && !name.contains("+")
      && !name.unicodeScalars.contains(where: { $0.properties.isWhitespace })
  }

  /// Line feeds are no control characters here.
  static func hasNoControls(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" }
  }
}
