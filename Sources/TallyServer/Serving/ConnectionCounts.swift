import NIOCore
import TallyThreads

/// How many connections there are, of all event loops. Any thread.
final class ConnectionCounts: Sendable {
  private struct Counts {
    var open = 0
    var total = 0
    var lastID: UInt64 = 0
  }
  private let counts = Monitor(Counts())
  private let most: Int

  init(most: Int) { self.most = most }

  var openCount: Int { counts.access { $0.open } }
  /// Since the server was started.
  var totalCount: Int { counts.access { $0.total } }

  /// A number that no other connection has.
  func nextID() -> UInt64 {
    counts.access { counts in
      counts.lastID += 1
      return counts.lastID
    }
  }

  /// False: there are too many.
  func enter() -> Bool {
    counts.access { counts in
      guard counts.open < most else { return false }
      counts.open += 1
      counts.total += 1
      return true
    }
  }

  func leave() { counts.signal { $0.open -= 1 } }

  /// Blocks the thread until there is no connection, or until the time is over.
  ///
  /// - Returns: whether there is none.
  func waitUntilEmpty(atMost time: TimeAmount) -> Bool {
    counts.wait(timeout: Double(time.nanoseconds) / 1e6) { $0.open == 0 ? true : nil } ?? false
  }
}
