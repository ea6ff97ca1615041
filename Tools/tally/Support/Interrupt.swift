import Glibc
import Synchronization
import Tallystick

/// The first Ctrl-C or SIGTERM asks a long command to finish what it has begun; the next ends it at once.
enum Interrupt {
  private static let received = Atomic<Int32>(0)
  /// When it came.
  private static let receivedAt = Atomic<Int64>(0)
  /// Some programs (`timeout`) signal both the process and its group: within this time that is one request.
  private static let echoMilliseconds: Int64 = 500
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
    _ = (received.load(ordering: .relaxed), receivedAt.load(ordering: .relaxed), pipe, SystemClock.now)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { number in
      let code = errno
      let now = SystemClock.now()
      if Interrupt.received.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged {
        Interrupt.receivedAt.store(now, ordering: .relaxed)
        var byte: UInt8 = 0
        _ = write(Interrupt.pipe.1, &byte, 1)
      } else if now - Interrupt.receivedAt.load(ordering: .relaxed) > Interrupt.echoMilliseconds {
        _exit(128 + number)
      }
      errno = code
    }
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
  }

  static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  /// 128 + the signal.
  static var exitCode: CommandFailure.Code { received.load(ordering: .relaxed) == SIGTERM ? .terminated : .interrupted }

  /// Waits for an interrupt.
  static func wait() {
    var waits = [pollfd(fd: pipe.0, events: Int16(POLLIN), revents: 0)]
    while !isRequested { poll(&waits, 1, -1) }
  }

  /// Waits so long, or until an interrupt comes.
  static func pause(microseconds: UInt32) {
    var waits = [pollfd(fd: pipe.0, events: Int16(POLLIN), revents: 0)]
    poll(&waits, 1, Int32(microseconds / 1_000))
  }

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
