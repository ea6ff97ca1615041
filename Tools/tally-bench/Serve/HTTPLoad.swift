import Glibc

/// Many clients over HTTP on one thread: each sends a request, reads the whole answer, and sends the next.
struct HTTPLoad {
  let port: Int
  let clients: Int

  private struct Client {
    var descriptor: Int32
    var input: [UInt8] = []
    var start = 0.0
  }

  /// Sends `count` requests.
  ///
  /// - Parameter body: writes that of the n-th.
  func run(_ count: Int, type: String, _ body: (Int, inout [UInt8]) -> Void) throws -> LoadClient.Result {
    let plain = LoadClient(port: port, clients: 1, pipeline: 1)
    var connected = try (0..<clients).map { _ in Client(descriptor: try plain.connect()) }
    defer { for client in connected { close(client.descriptor) } }
    var waits = connected.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    var times: [Double] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var (next, active, answered) = (0, clients, 0)
    let start = seconds()
    for index in connected.indices {
      if next < count { try send(&connected[index], next, type, body) }
      next += 1
    }
    while active > 0 {
      poll(&waits, nfds_t(waits.count), 10_000)
      for index in connected.indices where waits[index].revents != 0 {
        let got = recv(connected[index].descriptor, &buffer, buffer.count, 0)
        guard got > 0 else { throw BenchmarkError("the server has closed a connection") }
        connected[index].input += buffer[..<got]
        guard try isWhole(connected[index].input) else { continue }
        times.append(seconds() - connected[index].start)
        answered += 1
        connected[index].input.removeAll(keepingCapacity: true)
        if next < count {
          try send(&connected[index], next, type, body)
          next += 1
        } else {
          waits[index].fd = -1
          active -= 1
        }
      }
    }
    return LoadClient.Result(seconds: seconds() - start, commands: answered, rounds: Quantiles(times))
  }

  private func send(
    _ client: inout Client, _ number: Int, _ type: String, _ body: (Int, inout [UInt8]) -> Void
  ) throws {
    var content: [UInt8] = []
    body(number, &content)
    let head =
      "POST /v1/commands HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: \(type)\r\n"
      + "Content-Length: \(content.count)\r\n\r\n"
    let output = Array(head.utf8) + content
    client.start = seconds()
    var sent = 0
    while sent < output.count {
      let count = output[sent...].withUnsafeBytes {
        Glibc.send(client.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw BenchmarkError("the server takes no more") }
      sent += count
    }
  }

  /// - Throws: for an answer that is none of success.
  private func isWhole(_ input: [UInt8]) throws -> Bool {
    let limit = input.prefix(4_096)
    guard let end = limit.indices.first(where: { input[$0...].starts(with: [13, 10, 13, 10]) }) else { return false }
    let head = String(decoding: input[..<end], as: UTF8.self).lowercased()
    guard head.hasPrefix("http/1.1 200") else {
      throw BenchmarkError("refused: \(String(decoding: input.prefix(400), as: UTF8.self))")
    }
    guard let length = head.firstRange(of: "content-length: ") else {
      throw BenchmarkError("an answer without a length")
    }
    let digits = head[length.upperBound...].prefix { $0.isNumber }
    return input.count >= end + 4 + (Int(digits) ?? 0)
  }
}
