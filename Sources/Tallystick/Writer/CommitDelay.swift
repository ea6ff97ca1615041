/// Decides whether a frame waits for company: many callers who were answered together ask again together, a moment
/// later, and a frame that begins with the first of them leaves the others to the next one.
///
/// The idea is that of PostgreSQL's `commit_delay` and MySQL's `binlog_group_commit_sync_no_delay_count`; the waiting is
/// as long as it pays, so that nothing has to be set.
struct CommitDelay {
  /// Callers from which it is worth while: for fewer, a wait costs more than the sync that it saves.
  private static let fewest = 8
  /// Milliseconds; less than a sync takes on most disks.
  private static let longest = 0.1
  private static let longestPause = 256

  /// Callers who were answered together last.
  private var answered = 0
  /// Frames for which nobody is waited for, and how many the next pause has.
  private var pause = 0
  private var nextPause = 1

  /// Takes note of how many callers a frame answers.
  mutating func note(answers: Int) { answered = answers }

  /// Waits, if that has paid lately.
  mutating func gather(_ queue: RequestQueue) {
    let expected = answered
    answered = 0
    guard expected >= CommitDelay.fewest else { return }
    if pause > 0 {
      pause -= 1
      return
    }
    if queue.wait(for: expected, timeout: CommitDelay.longest) * 2 >= expected {
      nextPause = 1
    } else {
      pause = nextPause
      nextPause = min(2 * nextPause, CommitDelay.longestPause)
    }
  }
}
