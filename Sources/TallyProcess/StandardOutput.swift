import Glibc

/// Standard output without a buffer; what cannot be written is an error, never lost silently.
package enum StandardOutput {
  /// Why bytes could not be written.
  package struct Failure: Error, Sendable, CustomStringConvertible {
    /// The system's error number; `EPIPE`: nobody reads any more.
    package let code: Int32
    package var description: String { "cannot write to standard output: \(String(cString: strerror(code)))" }
  }

  package static func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    guard Descriptor.write(bytes, to: STDOUT_FILENO) else { throw Failure(code: errno) }
  }

  /// One line.
  package static func line(_ text: String) throws(Failure) {
    let bytes = Array((text + "\n").utf8)
    let result: Result<Void, Failure> = bytes.withUnsafeBytes { raw in
      do throws(Failure) { return .success(try write(raw)) } catch { return .failure(error) }
    }
    try result.get()
  }
}
