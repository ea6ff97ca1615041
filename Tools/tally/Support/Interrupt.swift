import Glibc
import Synchronization

/// The first Ctrl-C or SIGTERM asks a long command to finish what it has begun; the second ends it at once.
enum Interrupt {
  private static let received = Atomic<Int32>(0)
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
    // Both are made now: a signal handler must not.
    _ = received.load(ordering: .relaxed)
    _ = pipe
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { number in
      let code = errno
      Interrupt.received.store(number, ordering: .relaxed)
      var byte: UInt8 = 0
      _ = write(Interrupt.pipe.1, &byte, 1)
      errno = code
    }
    action.sa_flags = Int32(bitPattern: 0x8000_0000)  // SA_RESETHAND
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
  }

  static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  /// 128 + the signal.
  static var exitCode: CommandFailure.Code { received.load(ordering: .relaxed) == SIGTERM ? .terminated : .interrupted }

  /// Waits until `descriptor` can be read or an interrupt comes.
  ///
  /// - Returns: false if an interrupt came.
  static func waitToRead(_ descriptor: Int32) -> Bool {
    var waits = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: pipe.0, events: Int16(POLLIN), revents: 0),
    ]
    while !isRequested {
      if poll(&waits, 2, -1) < 0 && errno != EINTR { return true }
      if waits[0].revents != 0 { return !isRequested }
    }
    return false
  }
}
