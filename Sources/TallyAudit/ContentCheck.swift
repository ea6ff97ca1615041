import TallyFormat

/// What a command asked for, in the bytes that the digest behind a key is of: `Content of a command` in the format
/// document.
struct CommandContent {
  private(set) var bytes: [UInt8] = []

  mutating func begin(_ command: EventKind) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(command.rawValue)
  }

  mutating func append<T: FixedWidthInteger>(_ number: T) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ string: some Collection<UInt8>) {
    append(UInt16(truncatingIfNeeded: string.count))
    bytes.append(contentsOf: string)
  }
}

/// Compares the digests behind keys with what the events say was asked: of one command, or of a batch as its commands
/// come.
struct ContentCheck {
  /// Of the command at hand.
  var command = CommandContent()
  /// Of the batch that the present step is, if its key's digest can be rebuilt.
  private var batch: (content: DigestStream, commandsToCome: Int)?

  /// A step begins that ends in a batch's event with a key.
  ///
  /// - Parameter commands: how many; all of them have an event in the step.
  mutating func beginBatch(of commands: Int) {
    var stream = DigestStream()
    command.begin(.batch)
    command.append(UInt32(truncatingIfNeeded: commands))
    command.bytes.withUnsafeBytes { stream.update($0) }
    batch = (stream, commands)
  }

  /// The step is no such batch, or what one of its commands asked cannot be told.
  mutating func dropBatch() { batch = nil }

  var isInBatch: Bool { batch != nil }

  /// Adds the command at hand to the batch.
  mutating func addToBatch() {
    command.bytes.withUnsafeBytes { batch?.content.update($0) }
    batch?.commandsToCome -= 1
  }

  /// Whether a key's digest is that of the command at hand.
  func matches(_ digest: ContentDigest) -> Bool { digest == ContentDigest(ofContent: command.bytes) }

  /// Whether a key's digest is that of the batch; true if that cannot be told.
  func batchMatches(_ digest: ContentDigest) -> Bool {
    guard let batch, batch.commandsToCome == 0 else { return true }
    return digest == ContentDigest(batch.content.digest)
  }
}
