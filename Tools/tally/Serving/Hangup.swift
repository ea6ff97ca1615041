import Glibc

/// SIGHUP: read again what may have changed.
enum Hangup {
  /// Read end, write end.
  private static let pipe: (Int32, Int32) = {
    var ends: [Int32] = [-1, -1]
    _ = Glibc.pipe(&ends)
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    return (ends[0], ends[1])
  }()

  /// Begins to listen.
  static func listen() {
    // Made now: a signal handler must not.
    _ = pipe
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in
      let code = errno
      var byte: UInt8 = 0
      _ = write(Hangup.pipe.1, &byte, 1)
      errno = code
    }
    action.sa_flags = SA_RESTART
    sigaction(SIGHUP, &action, nil)
  }

  /// Can be read when one has come.
  static var descriptor: Int32 { pipe.0 }

  /// Forgets those that have come.
  static func take() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(pipe.0, &bytes, bytes.count) > 0 {}
  }
}
