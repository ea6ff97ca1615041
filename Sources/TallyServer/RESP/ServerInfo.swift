import NIOCore
import TallyText

/// What `INFO`, `HELLO` and `CONFIG GET` tell.
enum ServerInfo {
  /// Of this server.
  static let version = ProgramVersion.current
  /// Of Redis, whose protocol it speaks: for clients that look for it.
  private static let redisVersion = "7.0.0"

  /// Sections as Redis has them; names none of which is known give an empty text.
  ///
  /// - Parameter names: of sections; none: all.
  static func text(_ names: [[UInt8]], of connection: RESPConnection) -> String {
    let server = connection.server
    let uptime = (NIODeadline.now() - server.start).nanoseconds / 1_000_000_000
    let sections: [(StaticString, [(String, String)])] = [
      (
        "Server",
        [
          ("redis_version", redisVersion), ("tallystick_version", version), ("redis_mode", "standalone"),
          ("uptime_in_seconds", "\(uptime)"), ("log_id", "\(server.stock.identity)"),
        ]
      ),
      (
        "Clients",
        [
          ("connected_clients", "\(server.counts.openCount)"),
          ("maxclients", "\(server.configuration.maxConnections)"),
        ]
      ),
      ("Persistence", [("loading", "0"), ("aof_enabled", "1"), ("last_seq", "\(server.stock.lastSequence)")]),
      ("Stats", [("total_connections_received", "\(server.counts.totalCount)")]),
      ("Replication", [("role", "master"), ("connected_slaves", "0")]),
      ("Cluster", [("cluster_enabled", "0")]),
    ]
    let isAll = names.isEmpty || names.contains { $0.isWord("ALL") || $0.isWord("DEFAULT") || $0.isWord("EVERYTHING") }
    let wanted = sections.filter { name, _ in isAll || names.contains { $0.isSection(name) } }
    return wanted.map { name, lines in
      "# \(name)\r\n" + lines.map { "\($0.0):\($0.1)\r\n" }.joined()
    }.joined(separator: "\r\n")
  }

  static func settings(_ configuration: ServerConfiguration) -> [(String, String)] {
    [
      ("save", ""), ("appendonly", "yes"), ("appendfsync", "always"), ("databases", "1"), ("timeout", "0"),
      ("replica-read-only", "yes"), ("maxclients", "\(configuration.maxConnections)"),
    ]
  }
}

extension [UInt8] {
  fileprivate func isSection(_ name: StaticString) -> Bool {
    count == name.utf8CodeUnitCount
      && elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: count), by: { $0 | 0x20 == $1 | 0x20 })
  }
}
