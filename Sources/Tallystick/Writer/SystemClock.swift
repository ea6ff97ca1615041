import Glibc

/// The wall clock, in Unix milliseconds.
public enum SystemClock {
  /// The system's clock, in Unix milliseconds.
  public static let now: @Sendable () -> Int64 = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
