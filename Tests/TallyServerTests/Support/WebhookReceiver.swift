import Glibc
import TallyThreads

/// A receiver of webhooks on a port of its own: answers each message as it is told, and keeps what came.
final class WebhookReceiver: Sendable {
  struct Message: Sendable {
    var headers: [String: String]
    var body: String
    /// What it was answered.
    var status: Int

    var id: String { headers["webhook-id"] ?? "" }
    /// Of the event.
    var sequence: UInt64 { UInt64(id.split(separator: "/").last ?? "") ?? 0 }
  }

  /// - Parameters:
  ///   - number: of the message, from 0.
  ///   - message: with status 0.
  typealias Answer = @Sendable (_ number: Int, _ message: Message) -> (status: Int, headers: String)

  let port: Int
  private let listener: Int32
  private let messages = Monitor<[Message]>([])
  private let answer: Answer

  init(_ answer: @escaping Answer = { _, _ in (204, "") }) throws {
    self.answer = answer
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &size) == 0
      }
    }
    struct CannotListen: Error {}
    guard isBound else { throw CannotListen() }
    port = Int(UInt16(bigEndian: address.sin_port))
    _ = DedicatedThread.start { [messages, answer] in
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0 { return }
        _ = DedicatedThread.start {
          WebhookReceiver.serve(connection) { WebhookReceiver.take($0, messages, answer) }
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var url: String { "http://127.0.0.1:\(port)/hook" }
  /// All that came, in order.
  var received: [Message] { messages.access { $0 } }

  /// Waits until what came is enough; false: it did not come within minutes.
  func wait(until isEnough: ([Message]) -> Bool) -> Bool {
    messages.wait(timeout: 120_000) { isEnough($0) ? true : nil } ?? false
  }

  private static func take(
    _ message: Message, _ messages: Monitor<[Message]>, _ answer: Answer
  ) -> (Int, String) {
    let number = messages.access { $0.count }
    let (status, headers) = answer(number, message)
    var message = message
    message.status = status
    messages.signal { $0.append(message) }
    return (status, headers)
  }

  /// Requests of one connection, until it ends.
  private static func serve(_ connection: Int32, _ take: (Message) -> (Int, String)) {
    defer { close(connection) }
    var bytes: [UInt8] = []
    while true {
      guard let head = read(&bytes, connection, upTo: "\r\n\r\n") else { return }
      var message = Message(headers: [:], body: "", status: 0)
      for line in head.split(separator: "\r\n").dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        if parts.count == 2 { message.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
      }
      let length = Int(message.headers["content-length"] ?? "") ?? 0
      while bytes.count < length { guard more(&bytes, connection) else { return } }
      message.body = String(decoding: bytes.prefix(length), as: UTF8.self)
      bytes.removeFirst(length)
      let (status, headers) = take(message)
      let text = Array("HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\(headers)\r\n".utf8)
      guard send(connection, text, text.count, Int32(MSG_NOSIGNAL)) == text.count else { return }
    }
  }

  private static func read(_ bytes: inout [UInt8], _ connection: Int32, upTo end: String) -> String? {
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      if let range = text.firstRange(of: end) {
        let head = String(text[..<range.lowerBound])
        bytes.removeFirst(head.utf8.count + end.utf8.count)
        return head
      }
      guard more(&bytes, connection) else { return nil }
    }
  }

  private static func more(_ bytes: inout [UInt8], _ connection: Int32) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = recv(connection, &buffer, buffer.count, 0)
    if count > 0 { bytes += buffer[..<count] }
    return count > 0
  }
}
