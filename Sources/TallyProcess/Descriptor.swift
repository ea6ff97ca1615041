import Glibc

/// What the system calls of descriptors leave to their caller.
enum Descriptor {
  /// Writes all of it, however often the system takes a part or is interrupted.
  ///
  /// - Returns: false if it could not, with the reason in `errno`.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let count = Glibc.write(descriptor, base + done, bytes.count - done)
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
