import Glibc

/// How many files and connections the process may have open.
enum OpenFiles {
  /// The log's, and the program's own.
  private static let others = 256

  /// Raises the limit as far as it may be raised, if it is lower.
  static func allow(_ connections: Int) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    let wanted = min(limit.rlim_max, rlim_t(connections + others))
    if limit.rlim_cur >= wanted { return }
    limit.rlim_cur = wanted
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
