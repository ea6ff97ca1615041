import Glibc
import TallyJSON
import TallyProcess
import TallyText

/// Standard output, buffered; what cannot be written is an error, never lost silently.
final class Output {
  private var buffer: [UInt8] = []
  private var json = JSONWriter()
  private static let flushSize = 64 << 10

  /// One line of JSON.
  func json(_ body: (inout JSONWriter) -> Void) throws {
    json.removeAll()
    body(&json)
    json.newline()
    buffer.append(contentsOf: json.bytes)
    if buffer.count >= Output.flushSize { try flush() }
  }

  /// One line for people.
  func line(_ text: String = "") throws {
    buffer.append(contentsOf: text.printable.utf8)
    buffer.append(0x0A)
    if buffer.count >= Output.flushSize { try flush() }
  }

  /// Bytes as they are.
  func raw(_ bytes: some Sequence<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Output.flushSize { try flush() }
  }

  /// Hands everything to the system.
  ///
  /// - Throws: ``OutputClosed`` when nobody reads any more.
  func flush() throws {
    defer { buffer.removeAll(keepingCapacity: true) }
    do {
      try buffer.withUnsafeBytes { try StandardOutput.write($0) }
    } catch let failure as StandardOutput.Failure {
      if failure.code == EPIPE { throw OutputClosed() }
      throw CommandFailure(.inputOutput, failure.description)
    }
  }

  /// Runs a command that only reads: a reader that has seen enough (`| head`) ends it well.
  static func reading(_ body: (Output) throws -> Void) throws {
    let output = Output()
    do {
      try body(output)
      try output.flush()
    } catch is OutputClosed {
    } catch {
      try? output.flush()
      throw error
    }
  }
}

/// Nobody reads standard output any more.
struct OutputClosed: Error {}

/// Messages for people.
enum StandardError {
  static func print(_ message: String) { raw("tally: \(message.printable)\n") }

  /// For a progress bar, which brings its own line ends.
  static func raw(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
