import Glibc

/// What every program of ours does first, so that its surroundings cannot make it write where it must not, or die
/// where it should answer with an error.
package enum ProcessStart {
  package static func prepare() {
    fillStandardStreams()
    // A reader that goes away and a file that may not grow are answered by write's error (`EPIPE`, `EFBIG`), which can be
    // told to a person; the signals would end the program without a word.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// A program started with a standard stream closed (`>&-`, some cron jobs) would open its first file under that number.
  /// Using such a stream goes on to fail, as its starter wanted: it cannot be read, or written, from here.
  private static func fillStandardStreams() {
    for (stream, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(stream, F_GETFD) < 0 && errno == EBADF {
      // The lowest free number, which is this one.
      _ = open("/dev/null", mode)
    }
  }
}
