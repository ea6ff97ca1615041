import Glibc

/// A file that a user names for what a program makes.
///
/// What was there stays until the new one is whole: that is written and synced beside its place, and then renamed. What is
/// no file (a pipe, a terminal, `/dev/null`) is written into.
package struct OutputFile {
  /// Why it was not written.
  package struct Failure: Error, Sendable, CustomStringConvertible {
    package let description: String

    fileprivate init(_ what: String, _ path: String) {
      description = "cannot \(what) \(path): \(String(cString: strerror(errno)))"
    }
  }

  package let path: String

  package init(_ path: String) { self.path = path }

  /// - Throws: `Failure`, in words for people.
  package func write(_ bytes: [UInt8]) throws(Failure) {
    var status = stat()
    let isThere = stat(path, &status) == 0
    if isThere, status.st_mode & S_IFMT != S_IFREG {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw Failure("open", path) }
      defer { close(descriptor) }
      return try put(bytes, into: descriptor)
    }
    // A link stays one.
    let place = FilePlace.real(path) ?? path
    let unfinished = "\(place).\(getpid()).unfinished"
    let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isThere ? status.st_mode & 0o777 : 0o666)
    guard descriptor >= 0 else { throw Failure("make", path) }
    defer { close(descriptor) }
    do throws(Failure) {
      try put(bytes, into: descriptor)
      guard fsync(descriptor) == 0, rename(unfinished, place) == 0 else { throw Failure("write", path) }
    } catch {
      unlink(unfinished)
      throw error
    }
  }

  private func put(_ bytes: [UInt8], into descriptor: Int32) throws(Failure) {
    guard bytes.withUnsafeBytes({ Descriptor.write($0, to: descriptor) }) else { throw Failure("write", path) }
  }
}
