import Glibc
import TallyThreads

/// A server in the middle that loses an answer: the first command with a name that begins with `cut-` reaches the server,
/// and both connections end when the server has answered. Everything else passes.
final class CuttingProxy: Sendable {
  let port: Int
  private let target: Int
  private let listener: Int32
  private let seen = Monitor<Set<String>>([])

  init?(to target: Int) {
    self.target = target
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = CuttingProxy.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isBound else { return nil }
    self.listener = listener
    port = Int(in_port_t(bigEndian: address.sin_port))
    guard DedicatedThread.start({ [self] in serve() }) else { return nil }
  }

  /// No more connections: the thread that waits for them ends.
  func end() {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private static func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return address
  }

  private func serve() {
    while true {
      let client = accept(listener, nil, nil)
      if client < 0 { break }
      let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = CuttingProxy.loopback(target)
      _ = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      _ = DedicatedThread.start { [self] in join(client, server) }
    }
    close(listener)
  }

  /// Passes on what comes from either, until one of them ends.
  private func join(_ client: Int32, _ server: Int32) {
    var isCut = false
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var waits = [
      pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0),
    ]
    while poll(&waits, 2, -1) > 0 || errno == EINTR {
      if waits[0].revents != 0 {
        let count = recv(client, &buffer, buffer.count, 0)
        if count <= 0 { break }
        isCut = isCut || isNewCut(buffer[..<count])
        send(server, buffer, count, Int32(MSG_NOSIGNAL))
      }
      if waits[1].revents != 0 {
        let count = recv(server, &buffer, buffer.count, 0)
        if count <= 0 || isCut { break }
        send(client, buffer, count, Int32(MSG_NOSIGNAL))
      }
    }
    close(client)
    close(server)
  }

  private func isNewCut(_ bytes: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let start = text.firstRange(of: "cut-") else { return false }
    let name = text[start.lowerBound...].prefix { $0 != "\r\n" }
    return seen.access { $0.insert(String(name)).inserted }
  }
}
