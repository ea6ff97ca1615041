import NIOCore
import TallyRESP
import TallyThreads
import Tallystick

/// Refuses what comes faster from one client, or for one item, than it may: at once, before the log is asked, and nothing
/// was done. Any thread; a lock and a look-up or two a command, of those limits that are set.
final class RateLimiter: Sendable {
  private let clients: Monitor<BucketTable<ClientName>>?
  private let items: Monitor<BucketTable<ItemName>>?

  /// `nil`: nothing is limited.
  init?(clients: RateLimit?, items: RateLimit?) {
    if clients == nil, items == nil { return nil }
    self.clients = clients.map { Monitor(BucketTable($0)) }
    self.items = items.map { Monitor(BucketTable($0)) }
  }

  /// Takes what so many commands or questions of a client cost.
  ///
  /// - Returns: how long to stay away; `nil`: they may pass.
  func refusal(of client: ClientName, _ count: Int = 1, at now: NIODeadline = .now()) -> Duration? {
    guard let clients else { return nil }
    let wait = clients.access { $0.take(count, of: CollectionOfOne(client), at: now) }
    return wait > .zero ? wait : nil
  }

  /// Takes what a command costs its items, if it reserves: what was reserved can always be paid for or given back.
  func refusal(of command: Command, at now: NIODeadline = .now()) -> Duration? {
    guard let items else { return nil }
    let wait = items.access { RateLimiter.take(command.operation, &$0, now) }
    return wait > .zero ? wait : nil
  }

  private static func take(
    _ operation: Operation, _ table: inout BucketTable<ItemName>, _ now: NIODeadline
  ) -> Duration {
    switch operation {
    case .reserve(_, let lines, _, _, _): return table.take(of: Set(lines.map(\.item)), at: now)
    case .batch(let operations):
      // Each reservation of it is one; the first that is too many refuses the batch.
      for operation in operations {
        let wait = take(operation, &table, now)
        if wait > .zero { return wait }
      }
      return .zero
    default: return .zero
    }
  }

  static func words(_ wait: Duration) -> String {
    "BUSY too many from one client or for one item; nothing was done, try again in \(milliseconds(wait)) ms"
  }

  /// At least 1.
  static func milliseconds(_ wait: Duration) -> Int64 { max(1, Int64((wait / .milliseconds(1)).rounded(.up))) }
}

extension Busy {
  /// Of whom a rate limit refuses.
  init(wait: Duration) { self.init(queueDelay: wait, queuedCommands: 0, queuedBytes: 0) }
}
