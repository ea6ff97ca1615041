import TallyFormat
import TallyThreads

/// Makes a file durable on a thread of its own while it is being written, so that its end does not wait for all of it:
/// a disk that syncs 77 MB/s takes longer for a night's names than writing them does.
/// Whoever has the file calls ``end()`` before it is closed.
final class SyncBeside: @unchecked Sendable {
  /// Bytes after which a sync is worth beginning.
  private static let portion = 1 << 20

  private struct State {
    /// More was written since the last sync began.
    var isDue = false
    /// All was written.
    var isEnding = false
    /// All that was written is durable, or cannot be made so.
    var isDone = false
    var failure: FileError?
  }
  private let file: any LogFile
  private let state = Monitor(State())
  // Belong to the thread that writes.
  private var thread: JoinedThreads?
  private var unsynced = 0

  init(_ file: any LogFile) { self.file = file }

  /// So many bytes more are in the file.
  func note(_ count: Int) {
    unsynced += count
    if unsynced < SyncBeside.portion { return }
    unsynced = 0
    state.signal { $0.isDue = true }
    if thread == nil { start() }
  }

  /// All has been written: begins the last sync, while the caller does something else.
  func beginLast() {
    state.signal { $0.isEnding = true }
    if thread == nil { start() }
  }

  /// Returns when all is durable.
  func finish() throws(FileError) {
    end()
    // The system may have had no thread to spare.
    if !state.access({ $0.isDone }) { sync() }
    if let failure = state.access({ $0.failure }) { throw failure }
  }

  /// Waits for what was begun.
  func end() {
    state.signal { $0.isEnding = true }
    thread?.join()
  }

  private func start() { thread = JoinedThreads(1) { [self] in work() } }

  private func work() {
    while true {
      // What is written while a sync runs may not be in it.
      let isLast = state.wait { state -> Bool? in
        guard state.isDue || state.isEnding else { return nil }
        state.isDue = false
        return state.isEnding
      }
      let isSound = sync()
      if isLast ?? true || !isSound { return state.signal { $0.isDone = true } }
    }
  }

  /// False if it failed.
  @discardableResult
  private func sync() -> Bool {
    do throws(FileError) {
      try file.sync()
      return true
    } catch {
      state.access { $0.failure = error }
      return false
    }
  }
}
