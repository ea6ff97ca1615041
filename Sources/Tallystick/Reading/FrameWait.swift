import TallyThreads

/// One wait of a task for more frames. A thread of its own blocks in the store; that thread or the task's cancellation,
/// whichever comes first, lets the task go on, so that no thread of the tasks' pool is ever blocked.
final class FrameWait: Sendable {
  /// How long a store is waited for at a time: so long at most does a thread stay behind a task that was cancelled, and so
  /// often is a store looked at that cannot tell of everything that comes.
  private static let slice = Duration.milliseconds(250)
  /// How long to wait instead where the system has no thread to give.
  private static let pauseWithoutThread = Duration.milliseconds(20)

  private struct Shared {
    var isOver = false
    var waiter: CheckedContinuation<Void, Never>?
  }
  private let shared = Monitor(Shared())

  private init() {}

  /// Returns when `source` may hold more than `head`, or soon after the task was cancelled; sometimes for no reason.
  static func untilMore(than head: ChainHead, in source: any FrameSource) async {
    if Task.isCancelled { return }
    let wait = FrameWait()
    let isStarted = DedicatedThread.start {
      source.waitForMore(than: head, atMost: slice)
      wait.end()
    }
    guard isStarted else {
      // Cancellation ends it early, too; whoever waits looks for that.
      try? await Task.sleep(for: pauseWithoutThread)
      return
    }
    await withTaskCancellationHandler {
      await wait.untilEnd()
    } onCancel: {
      wait.end()
    }
  }

  private func untilEnd() async {
    await withCheckedContinuation { continuation in
      let isOver = shared.access { shared in
        if !shared.isOver { shared.waiter = continuation }
        return shared.isOver
      }
      if isOver { continuation.resume() }
    }
  }

  private func end() {
    let waiter = shared.access { shared in
      defer { shared.waiter = nil }
      shared.isOver = true
      return shared.waiter
    }
    waiter?.resume()
  }
}
