import Glibc

/// Many clients of a server that speaks Redis's protocol, on one thread: each keeps so many commands in flight, and sends
/// the next when all are answered.
///
/// Only for commands whose answers are one line each.
struct LoadClient {
  let port: Int
  let clients: Int
  /// Commands that a client sends together.
  let pipeline: Int

  struct Result {
    var seconds: Double
    var commands: Int
    /// What each round of a pipeline took.
    var rounds: Quantiles
    var perSecond: Double { Double(commands) / seconds }
  }

  private struct Client {
    var descriptor: Int32
    var awaited = 0
    var start = 0.0
  }

  /// Sends `count` commands, or a few less, in equal shares.
  ///
  /// - Parameters:
  ///   - allowsErrors: a refusal is as good an answer as any.
  ///   - command: writes the n-th.
  func run(_ count: Int, allowsErrors: Bool = false, _ command: (Int, inout [UInt8]) -> Void) throws -> Result {
    var connected = try (0..<clients).map { _ in Client(descriptor: try connect()) }
    defer { for client in connected { close(client.descriptor) } }
    var waits = connected.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    var times: [Double] = []
    times.reserveCapacity(count / pipeline)
    var next = 0
    var output: [UInt8] = []
    var input = [UInt8](repeating: 0, count: 256 << 10)
    var answered = 0
    let start = seconds()
    for index in connected.indices {
      try sendRound(&connected[index], &next, &output, command)
    }
    var active = clients
    while active > 0 {
      poll(&waits, nfds_t(waits.count), 10_000)
      for index in connected.indices where waits[index].revents != 0 {
        let got = recv(connected[index].descriptor, &input, input.count, 0)
        guard got > 0 else { throw BenchmarkError("the server has closed a connection") }
        answered += try takeAnswers(input[..<got], &connected[index], allowsErrors)
        guard connected[index].awaited == 0 else { continue }
        times.append(seconds() - connected[index].start)
        if next + pipeline <= count {
          try sendRound(&connected[index], &next, &output, command)
        } else {
          waits[index].fd = -1
          active -= 1
        }
      }
    }
    return Result(seconds: seconds() - start, commands: answered, rounds: Quantiles(times))
  }

  private func sendRound(
    _ client: inout Client, _ next: inout Int, _ output: inout [UInt8], _ command: (Int, inout [UInt8]) -> Void
  ) throws {
    output.removeAll(keepingCapacity: true)
    for _ in 0..<pipeline {
      command(next, &output)
      next += 1
    }
    client.awaited = pipeline
    client.start = seconds()
    var sent = 0
    while sent < output.count {
      let count = output[sent...].withUnsafeBytes {
        send(client.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw BenchmarkError("the server takes no more") }
      sent += count
    }
  }

  private func takeAnswers(_ bytes: ArraySlice<UInt8>, _ client: inout Client, _ allowsErrors: Bool) throws -> Int {
    var lines = 0
    for byte in bytes {
      if byte == 0x0A { lines += 1 }
      // No answer that is counted holds a minus but an error's first byte.
      if byte == UInt8(ascii: "-"), !allowsErrors {
        throw BenchmarkError("refused: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
      }
    }
    client.awaited -= lines
    return lines
  }

  func connect() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else {
      close(descriptor)
      throw BenchmarkError("nobody listens on port \(port)")
    }
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    return descriptor
  }

  /// Connects all clients, each asks once, and they stay for as long as `body` takes.
  func idle<Value>(_ body: () -> Value) throws -> Value {
    let descriptors = try (0..<clients).map { _ in try connect() }
    defer { for descriptor in descriptors { close(descriptor) } }
    var input = [UInt8](repeating: 0, count: 64)
    let ping = Array("*1\r\n$4\r\nPING\r\n".utf8)
    for descriptor in descriptors {
      send(descriptor, ping, ping.count, Int32(MSG_NOSIGNAL))
      guard recv(descriptor, &input, input.count, 0) > 0 else { throw BenchmarkError("a client is not let in") }
    }
    return body()
  }

  /// Visitors one after the other, each of whom connects, asks once, and goes.
  ///
  /// - Returns: how many a second.
  func visits(_ count: Int) throws -> Double {
    let start = seconds()
    for _ in 0..<count {
      guard try ask(["PING"]) == "+PONG" else { throw BenchmarkError("a client is not let in") }
    }
    return Double(count) / (seconds() - start)
  }

  /// One command and the line that answers it; of a bulk string, the string.
  func ask(_ words: [String]) throws -> String {
    let descriptor = try connect()
    defer { close(descriptor) }
    var output: [UInt8] = []
    LoadClient.write(words, into: &output)
    send(descriptor, output, output.count, Int32(MSG_NOSIGNAL))
    var input = [UInt8](repeating: 0, count: 4096)
    let got = recv(descriptor, &input, input.count, 0)
    let lines = String(decoding: input.prefix(max(0, got)), as: UTF8.self).split(separator: "\r\n")
    return String((lines.first?.hasPrefix("$") ?? false ? lines.dropFirst().first : lines.first) ?? "")
  }

  static func write(_ words: [String], into output: inout [UInt8]) {
    output += Array("*\(words.count)\r\n".utf8)
    for word in words { output += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
  }
}
