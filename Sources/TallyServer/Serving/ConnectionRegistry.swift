import NIOCore

/// The connections of one event loop: to look after them, and to end them all.
final class ConnectionRegistry {
  private var connections: [UInt64: RESPConnection] = [:]
  private let counts: ConnectionCounts
  private var isEnding = false

  init(_ counts: ConnectionCounts) { self.counts = counts }

  /// False: there are too many, or the server ends.
  func add(_ connection: RESPConnection) -> Bool {
    guard !isEnding, counts.enter() else { return false }
    connections[connection.id] = connection
    return true
  }

  func remove(_ connection: RESPConnection) {
    if connections.removeValue(forKey: connection.id) != nil { counts.leave() }
  }

  func lookAfter(now: NIODeadline) { for connection in connections.values { connection.lookAfter(now: now) } }

  func endAll() {
    isEnding = true
    for connection in connections.values { connection.end() }
  }

  func closeAll() { for connection in connections.values { connection.closeAtOnce() } }
}
