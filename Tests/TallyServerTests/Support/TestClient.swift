import Glibc
import Testing

/// A connection to the server, each wait with a limit.
final class TestClient {
  enum Address {
    case tcp(port: Int)
    case unix(String)
  }

  private var descriptor: Int32
  private var unread: [UInt8] = []
  private let isQuiet: Bool
  /// What must live as long as the connection.
  var server: AnyObject?
  private static let patience = 300

  /// - Parameter isQuiet: a server that lets nobody in is no failure of the test.
  init(_ address: Address, isQuiet: Bool = false) throws {
    self.isQuiet = isQuiet
    switch address {
    case .tcp(let port):
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var target = sockaddr_in()
      target.sin_family = sa_family_t(AF_INET)
      target.sin_port = in_port_t(port).bigEndian
      target.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
      try connect(&target)
    case .unix(let path):
      descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var target = sockaddr_un()
      target.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: path.utf8) }
      try connect(&target)
    }
    var limit = timeval(tv_sec: TestClient.patience, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  private func connect<Target>(_ target: inout Target) throws {
    let code = withUnsafePointer(to: &target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Target>.size))
      }
    }
    if isQuiet, code != 0 { throw Ended() }
    try #require(code == 0, "the server lets nobody in: \(String(cString: strerror(errno)))")
  }

  deinit { close() }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Sends nothing more, and reads on.
  func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  // MARK: Asking

  /// One command and its answer.
  func callAsFunction(_ words: String...) throws -> Reply { try self(words) }

  func callAsFunction(_ words: [String]) throws -> Reply {
    send(words)
    return try reply()
  }

  func send(_ words: [String]) { send(TestClient.command(words.map { Array($0.utf8) })) }

  /// False: the server takes no more.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  static func command(_ words: [[UInt8]]) -> [UInt8] {
    words.reduce(into: Array("*\(words.count)\r\n".utf8)) { $0 += Array("$\($1.count)\r\n".utf8) + $1 + [0x0D, 0x0A] }
  }

  // MARK: Reading

  struct Ended: Error {}

  func reply() throws -> Reply {
    let line = try line()
    let text = String(decoding: line.dropFirst(), as: UTF8.self)
    switch line.first {
    case UInt8(ascii: "+"): return .simple(text)
    case UInt8(ascii: "-"): return .error(text)
    case UInt8(ascii: ":"): return .integer(try #require(Int64(text)))
    case UInt8(ascii: "#"): return .boolean(text == "t")
    case UInt8(ascii: "_"): return .null
    case UInt8(ascii: "$"):
      let count = try #require(Int(text))
      if count < 0 { return .null }
      let bytes = try take(count + 2)
      #expect(bytes.suffix(2) == [0x0D, 0x0A])
      return .bulk(Array(bytes.dropLast(2)))
    case UInt8(ascii: "*"): return .array(try (0..<(try #require(Int(text)))).map { _ in try reply() })
    case UInt8(ascii: "%"): return .map(try (0..<(try #require(Int(text)))).map { _ in (try reply(), try reply()) })
    default:
      Issue.record("the server answers \(String(decoding: line, as: UTF8.self))")
      throw Ended()
    }
  }

  func replies(_ count: Int) throws -> [Reply] { try (0..<count).map { _ in try reply() } }

  /// Whether the server has closed the connection, and nothing else came.
  func isEnded() -> Bool { (try? take(1)) == nil }

  /// All that comes until the server closes the connection.
  func rest() -> [UInt8] {
    var bytes: [UInt8] = []
    while let byte = try? take(1).first { bytes.append(byte) }
    return bytes
  }

  /// What comes up to and with these words, or all if they do not come.
  func text(upTo words: String) -> String {
    var bytes: [UInt8] = []
    while let byte = try? take(1).first {
      bytes.append(byte)
      if byte == words.utf8.last, bytes.suffix(words.utf8.count).elementsEqual(words.utf8) { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func line() throws -> [UInt8] {
    var line: [UInt8] = []
    while true {
      guard let byte = try take(1).first else { throw Ended() }
      if byte == 0x0A { return line.last == 0x0D ? line.dropLast() : line }
      line.append(byte)
    }
  }

  private var position = 0
  private func take(_ count: Int) throws -> ArraySlice<UInt8> {
    while unread.count - position < count {
      unread.removeFirst(position)
      position = 0
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let got = recv(descriptor, &buffer, buffer.count, 0)
      if got <= 0 { throw Ended() }
      unread += buffer[..<got]
    }
    defer { position += count }
    return unread[position..<position + count]
  }
}
