import TallyJSON
import TallyText
import TallyThreads
import Tallystick

/// The events that a webhook has given up, in a file beside the log, `webhooks/NAME.dead`: a line of JSON each. A letter is on stable
/// storage before the consumer's position passes its event.
///
/// Any thread; a change syncs, some milliseconds.
final class DeadLetters: Sendable {
  /// Beyond it the webhook stops: a receiver that takes nothing any more is for people to look at.
  static let most = 10_000
  private static let mostBytes = 8 << 20

  private let path: String
  private let folder: String
  private let files: any FileSystem
  private let letters: Monitor<[UInt64: DeadLetter]>

  /// - Throws: ``ServerFailure/webhook(_:)`` if the file holds something else.
  init(
    _ consumer: Name, ofLog log: String, files: any FileSystem = LocalFileSystem()
  ) throws(ServerFailure) {
    folder = log + "/webhooks"
    path = "\(folder)/\(DeadLetters.fileName(consumer)).dead"
    self.files = files
    letters = Monitor([:])
    do throws(FileError) {
      guard let bytes = try files.contents(of: path, maximum: DeadLetters.mostBytes) else { return }
      // What a crash has cut off was followed by no acknowledgement: its event comes again.
      let whole = bytes.prefix((bytes.lastIndex(of: 0x0A) ?? -1) + 1)
      for line in whole.split(separator: 0x0A) {
        guard let letter = DeadLetter(line: line) else {
          throw FileError(operation: "read", path: path, code: 0, reason: "a line is no dead letter")
        }
        letters.access { $0[letter.sequence] = letter }
      }
      if whole.count < bytes.count { try change { _ in } }
    } catch {
      throw .webhook("\(error)")
    }
  }

  /// By number.
  var all: [DeadLetter] { letters.access { $0.values.sorted { $0.sequence < $1.sequence } } }
  var count: Int { letters.access { $0.count } }
  subscript(sequence: UInt64) -> DeadLetter? { letters.access { $0[sequence] } }

  /// Returns when it is on stable storage.
  func add(_ letter: DeadLetter) throws(FileError) {
    try change { $0[letter.sequence] = letter }
  }

  func remove(_ sequence: UInt64) throws(FileError) {
    try change { $0[sequence] = nil }
  }

  /// One at a time: the file is that of the last change.
  private func change(_ body: (inout [UInt64: DeadLetter]) -> Void) throws(FileError) {
    let result: Result<Void, FileError> = letters.access { letters in
      body(&letters)
      do throws(FileError) { return .success(try write(letters)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Under its name stands the old file, or the new one, whenever the power fails.
  private func write(_ letters: [UInt64: DeadLetter]) throws(FileError) {
    var json = JSONWriter()
    for letter in letters.values.sorted(by: { $0.sequence < $1.sequence }) {
      letter.write(to: &json)
      json.newline()
    }
    if try files.identity(of: folder) == nil {
      try files.makeDirectory(folder)
      try files.syncDirectory(String(folder.dropLast("/webhooks".utf8.count)))
    }
    let next = path + ".next"
    let file = try files.open(next, .readWriteOrCreate)
    defer { file.close() }
    try file.truncate(to: 0)
    try file.write(json.bytes, at: 0)
    try file.sync()
    try files.rename(next, to: path)
    try files.syncDirectory(folder)
  }

  /// Letters, digits, `-` and `_` as they are, everything else by its bytes, as in a URL.
  static func fileName(_ consumer: Name) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var name: [UInt8] = []
    for byte in consumer.bytes {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): name.append(byte)
      default: name += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: name, as: UTF8.self)
  }
}
