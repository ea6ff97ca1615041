import TallyThreads

/// Lets a thread wait for tasks to end.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var hasFailed = false
  }
  private let state = Monitor(State())

  func fail() { state.access { $0.hasFailed = true } }
  func open() { state.signal { $0.isOpen = true } }

  /// True if nothing failed before it opened.
  func wait() -> Bool { state.wait { $0.isOpen ? !$0.hasFailed : nil } ?? false }
}
