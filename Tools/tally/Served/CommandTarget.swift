import TallyClient
import TallyShards
import Tallystick

/// Whoever takes commands: the log, opened by this process, or a server that has it.
protocol CommandTarget {
  /// Has them judged in order.
  ///
  /// - Returns: one answer a command, when all are durable.
  func take(_ commands: [Command]) throws -> [Outcome]
  /// The log's last event, when the last answer came.
  var lastSequence: UInt64 { get }
  /// Nothing more is asked.
  func end(givesUpSnapshot: Bool)
}

extension TallyLog: CommandTarget {
  func take(_ commands: [Command]) -> [Outcome] { append(commands) }
  func end(givesUpSnapshot: Bool) { close(givesUpSnapshot: givesUpSnapshot) }
}

extension ShardedLog: CommandTarget {
  func take(_ commands: [Command]) -> [Outcome] { append(commands) }
  func end(givesUpSnapshot: Bool) { close(givesUpSnapshot: givesUpSnapshot) }
}

extension CommandTarget {
  func take(_ command: Command) throws -> Outcome { try take([command]).first ?? .failed(.closed) }
}

extension WaitOption {
  /// Where commands go to: a server, if one is named, else the log itself, which it locks.
  func target(_ server: ServerOption, _ shared: SharedOptions) throws -> any CommandTarget {
    if let client = try server.client(shared) { return ServedLog(client, trying: .milliseconds(wait.count)) }
    if Shards.isShop(try shared.name) { return try ShardedLog(try shared.path, options: options) }
    return try open(shared)
  }
}
