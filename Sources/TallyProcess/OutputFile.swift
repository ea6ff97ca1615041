import Glibc

/// A file that a user names for what a program makes.
///
/// What was there stays until the new one is whole and durable: it is written beside its place and renamed. What is no file
/// (a pipe, a terminal, `/dev/null`) is written into.
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
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw Failure("write", path)
      }
    }
  }
}

/// Where files are, whatever links and dots their paths have.
package enum FilePlace {
  /// Why a program must not write to a path that was named; `nil`: it may.
  ///
  /// - Parameters:
  ///   - option: as whose value it was named.
  ///   - log: a log's directory: what is in it is the log's.
  ///   - kept: files that must stay what they are.
  package static func objection(toWriting path: String, _ option: String, log: String?, keeping kept: [String])
    -> String?
  {
    if let log, isInside(path, log) { return "\(option) \(path) is inside the log: name another place." }
    for file in kept where isSame(path, file) {
      return "\(option) \(path) is the file \(file) itself, which would be lost: name another one."
    }
    return nil
  }

  private static func isSame(_ path: String, _ other: String) -> Bool {
    if path == other { return true }
    guard let one = identity(path), let two = identity(other) else { return false }
    return one == two
  }

  /// Whether something is the directory, or somewhere in it, or would be if it were made.
  private static func isInside(_ path: String, _ directory: String) -> Bool {
    guard let outer = identity(directory) else { return false }
    var place = real(path) ?? real(parent(of: path))
    while let here = place {
      if identity(here) == outer { return true }
      place = here == "/" ? nil : parent(of: here)
    }
    return false
  }

  fileprivate static func real(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }

  private static func parent(of path: String) -> String {
    var rest = path[...]
    while rest.count > 1, rest.last == "/" { rest.removeLast() }
    guard let slash = rest.lastIndex(of: "/") else { return "." }
    return slash == rest.startIndex ? "/" : String(rest[..<slash])
  }

  private struct Identity: Equatable {
    let device: dev_t
    let file: ino_t
  }

  private static func identity(_ path: String) -> Identity? {
    var status = stat()
    return stat(path, &status) == 0 ? Identity(device: status.st_dev, file: status.st_ino) : nil
  }
}
