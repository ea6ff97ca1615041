import Glibc
import TallyThreads

/// Tells when something in a directory has been written, made or renamed.
public protocol DirectoryWatch: AnyObject, Sendable {
  /// Blocks the thread until something has changed since the last call, at most so long.
  func wait(atMost timeout: Duration)
}

extension FileSystem {
  /// A watch over the files of a directory; `nil`: this file system cannot tell.
  public func watch(_ directory: String) -> (any DirectoryWatch)? { nil }
  /// Lets time pass.
  public func pause(for duration: Duration) {
    let milliseconds = min(duration.wholeMilliseconds, 1_000_000)
    usleep(useconds_t(milliseconds) * 1000)
  }
}

/// Linux's inotify. The kernel keeps what happens between two calls, so nothing goes unseen.
final class InotifyWatch: DirectoryWatch {
  private let descriptor: Int32

  /// `nil`: the system has none left.
  init?(_ directory: String) {
    descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { return nil }
    let events = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO)
    guard inotify_add_watch(descriptor, directory, events) >= 0 else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }

  func wait(atMost timeout: Duration) {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&poller, 1, Int32(clamping: timeout.wholeMilliseconds)) > 0 else { return }
    // What has happened is found out by reading the log.
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
      while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
    }
  }
}
