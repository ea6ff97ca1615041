import Crypto
import Tallystick

/// Replaces the names of people by digests with a secret key: HMAC-SHA-256, as 64 hexadecimal digits.
///
/// The same name always has the same pseudonym, so that limits and repeats work; without the key nobody can tell whose it
/// is, not even by trying all names that there are. A log is never deleted from: throwing away the key forgets the people
/// in it. Ids, keys, references and reasons are kept as they are: put no names of people there.
public struct Pseudonyms: Sendable {
  /// Bytes of a key file: fewer can be guessed.
  public static let keyBytes = 16...4096

  private let key: SymmetricKey

  /// Reads a key file: its bytes, without a line's end behind them.
  ///
  /// - Throws: ``ImportError`` if it cannot be read, or has fewer than 16 or more than 4,096 bytes.
  public init(keyFile path: String, files: any FileSystem = LocalFileSystem()) throws(ImportError) {
    let found: [UInt8]?
    do throws(FileError) { found = try files.contents(of: path, maximum: Pseudonyms.keyBytes.upperBound + 2) } catch {
      throw .file(error.description)
    }
    guard var bytes = found else {
      throw .file("there is no key file \(path); make one with: head -c 32 /dev/urandom | base64 > \(path)")
    }
    while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
    guard Pseudonyms.keyBytes.contains(bytes.count) else {
      throw .input("the key file \(path) has \(bytes.count) bytes; a key has 16 to 4096")
    }
    self.init(key: bytes)
  }

  init(key bytes: [UInt8]) { key = SymmetricKey(data: bytes) }

  /// 64 hexadecimal digits. Linear in the name's length.
  public func pseudonym(of name: Name) -> Name { pseudonym(of: name.bytes[...]) }

  func pseudonym(of bytes: ArraySlice<UInt8>) -> Name {
    var text = [UInt8]()
    text.reserveCapacity(Limits.maxNameBytes)
    for byte in HMAC<SHA256>.authenticationCode(for: Array(bytes), using: key) {
      text.append(NameShortening.hexadecimal(byte >> 4))
      text.append(NameShortening.hexadecimal(byte & 15))
    }
    return Name(bytes: text)
  }
}
