import Glibc

/// Many clients on one thread that send at a rate, whether or not anybody answers: as customers do, who do not know of each
/// other. What a connection does not take at once is not sent, and is counted: no client keeps a queue of its own, in its
/// memory or in its socket, whose length would be taken for the server's.
///
/// Only for commands whose answers are one line each: `:` or `+` for what was done, `-` for what was refused.
struct OpenLoop {
  let port: Int
  let clients: Int

  struct Result {
    var seconds: Double
    /// Commands that should have been sent, and that were.
    var due = 0
    var sent = 0
    var accepted = 0
    var refused = 0
    /// Of what was accepted, from its sending on, in seconds.
    var times: Quantiles
    var goodput: Double { Double(accepted) / seconds }
    var offered: Double { Double(due) / seconds }
  }

  private struct Connection {
    var descriptor: Int32
    var output: [UInt8] = []
    var outputStart = 0
    /// What was sent together: when, and how much of it has no answer yet.
    var batches: [(time: Double, count: Int)] = []
    var firstBatch = 0
    var isAtLineStart = true

    var hasOutput: Bool { outputStart < output.count }
    var isWaiting: Bool { firstBatch < batches.count }
  }

  /// Of a connection's own socket, in bytes; Linux takes twice as much.
  private static let socketBytes: Int32 = 8 << 10
  /// How long the last answers are waited for.
  private static let patience = 60.0

  /// - Parameters:
  ///   - rate: commands a second, of all clients together.
  ///   - time: in seconds; what the first fifth of it sees does not count.
  ///   - command: writes the n-th.
  func run(rate: Double, for time: Double, _ command: (Int, inout [UInt8]) -> Void) throws -> Result {
    let plain = LoadClient(port: port, clients: 1, pipeline: 1)
    var connections = try (0..<clients).map { _ in Connection(descriptor: try plain.connect()) }
    defer { for connection in connections { close(connection.descriptor) } }
    for connection in connections {
      _ = fcntl(connection.descriptor, F_SETFL, O_NONBLOCK)
      var bytes = OpenLoop.socketBytes
      setsockopt(connection.descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }
    var waits = connections.map { pollfd(fd: $0.descriptor, events: 0, revents: 0) }
    var input = [UInt8](repeating: 0, count: 256 << 10)
    let start = seconds()
    let counted = start + time / 5
    let end = start + time
    var result = Result(seconds: end - counted, times: Quantiles([]))
    var times: [Double] = []
    var (begun, next) = (0, 0)
    while true {
      let now = seconds()
      if now >= end, now > end + OpenLoop.patience || !connections.contains(where: { $0.isWaiting }) { break }
      if now < end {
        let due = Int((now - start) * rate) - begun
        begun += due
        if now >= counted { result.due += due }
        let sent = offer(due, at: now, &connections, &next, command)
        if now >= counted { result.sent += sent }
      }
      for index in connections.indices {
        try flush(&connections[index])
        waits[index].events = Int16(POLLIN) | (connections[index].hasOutput ? Int16(POLLOUT) : 0)
      }
      poll(&waits, nfds_t(waits.count), 1)
      let received = seconds()
      for index in connections.indices where waits[index].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
        let got = recv(connections[index].descriptor, &input, input.count, 0)
        if got < 0, errno == EAGAIN { continue }
        guard got > 0 else { throw BenchmarkError("the server has closed a connection") }
        take(input[..<got], &connections[index]) { sentAt, isAccepted in
          guard sentAt >= counted else { return }
          if isAccepted { times.append(received - sentAt) }
          // What is answered later than the time under test is no part of its throughput.
          guard received <= end else { return }
          if isAccepted { result.accepted += 1 } else { result.refused += 1 }
        }
      }
    }
    result.times = Quantiles(times)
    return result
  }

  /// - Returns: how many were given to a connection.
  private func offer(
    _ due: Int, at now: Double, _ connections: inout [Connection], _ next: inout Int,
    _ command: (Int, inout [UInt8]) -> Void
  ) -> Int {
    let share = max(1, (due + clients - 1) / clients)
    var left = due
    var sent = 0
    while left > 0 {
      let count = min(share, left)
      left -= count
      let index = next % clients
      defer { next += count }
      if connections[index].hasOutput { continue }
      for offset in 0..<count { command(next + offset, &connections[index].output) }
      connections[index].batches.append((now, count))
      sent += count
    }
    return sent
  }

  private func flush(_ connection: inout Connection) throws {
    guard connection.hasOutput else { return }
    let count = connection.output[connection.outputStart...].withUnsafeBytes {
      send(connection.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    if count < 0 {
      guard errno == EAGAIN else { throw BenchmarkError("the server has closed a connection") }
      return
    }
    connection.outputStart += count
    if !connection.hasOutput {
      connection.output.removeAll(keepingCapacity: true)
      connection.outputStart = 0
    }
  }

  private func take(_ bytes: ArraySlice<UInt8>, _ connection: inout Connection, _ tell: (Double, Bool) -> Void) {
    for byte in bytes {
      if connection.isAtLineStart, connection.isWaiting {
        let first = connection.firstBatch
        tell(connection.batches[first].time, byte != UInt8(ascii: "-"))
        connection.batches[first].count -= 1
        if connection.batches[first].count == 0 { connection.firstBatch += 1 }
      }
      connection.isAtLineStart = byte == 0x0A
    }
    if connection.firstBatch > 4_096 {
      connection.batches.removeSubrange(..<connection.firstBatch)
      connection.firstBatch = 0
    }
  }
}
