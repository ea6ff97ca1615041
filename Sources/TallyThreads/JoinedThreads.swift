import Glibc

/// Threads that all end before they are forgotten.
package final class JoinedThreads {
  private var handles: [pthread_t] = []

  /// The system refused them all, or they have been joined.
  package var isEmpty: Bool { handles.isEmpty }

  /// Starts up to `count` threads that each run `body` once; fewer, or none, if the system refuses them.
  package init(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    for _ in 0..<count {
      if let handle = DedicatedThread.startJoinable(body) { handles.append(handle) }
    }
  }

  /// Waits until all have ended.
  package func join() {
    for handle in handles { pthread_join(handle, nil) }
    handles = []
  }

  deinit { join() }
}
