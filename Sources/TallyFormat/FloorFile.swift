import Crypto

/// What is known to have been acknowledged: `The floor file` in the format document.
public struct FloorFile: Sendable, Equatable {
  public static let length = 96
  static let label = Array("TALLYFLR".utf8)

  public var log: LogID
  public var sequence: UInt64
  public var hash: Digest
  public var epoch: UInt64

  public init(log: LogID, sequence: UInt64, hash: Digest, epoch: UInt64) {
    self.log = log
    self.sequence = sequence
    self.hash = hash
    self.epoch = epoch
  }

  public var encoded: [UInt8] {
    var out = ByteWriter(reserving: FloorFile.length)
    out.raw(FloorFile.label)
    out.u32(1)
    out.u32(0)
    out.raw(log.bytes)
    out.u64(sequence)
    out.raw(hash.bytes)
    out.u64(epoch)
    out.raw(SHA256.hash(data: out.bytes).prefix(16))
    return out.bytes
  }

  public init(parsing bytes: [UInt8]) throws(MalformedBytes) {
    guard bytes.count <= FloorFile.length else { throw MalformedBytes("has more than 96 bytes") }
    guard bytes.count == FloorFile.length else { throw MalformedBytes("has \(bytes.count) bytes instead of 96") }
    guard bytes.prefix(8).elementsEqual(FloorFile.label),
      SHA256.hash(data: bytes[0..<80]).prefix(16).elementsEqual(bytes[80...])
    else { throw MalformedBytes("does not match its check") }
    func u64(_ offset: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) }
    }
    guard u64(8) == 1 else { throw MalformedBytes("is of format version \(UInt32(truncatingIfNeeded: u64(8)))") }
    guard let log = LogID(bytes: Array(bytes[16..<32])) else { throw MalformedBytes("has no log id") }
    self.log = log
    sequence = u64(32)
    hash = Digest(trusted: Array(bytes[40..<72]))
    epoch = u64(72)
  }

  /// A floor is overwritten in place: a reader may see half of it. It is believed to be bad after that many readings.
  private static let readings = 5

  /// The floor of a log; `nil` if it keeps none.
  ///
  /// - Throws: ``MalformedBytes`` (what is wrong with the file) or ``FileError``.
  public static func read(_ directory: LogDirectory, files: any FileSystem) throws -> FloorFile? {
    var flaw = MalformedBytes("")
    for _ in 0..<FloorFile.readings {
      guard let bytes = try files.contents(of: directory.floor, maximum: FloorFile.length), !bytes.isEmpty else {
        return nil
      }
      do throws(MalformedBytes) { return try FloorFile(parsing: bytes) } catch { flaw = error }
    }
    throw flaw
  }
}
