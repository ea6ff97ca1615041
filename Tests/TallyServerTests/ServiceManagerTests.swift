import Glibc
import TallyTestSupport
import Testing

/// A socket of datagrams, as systemd has one.
private final class NotifySocket {
  private let descriptor: Int32
  /// What `NOTIFY_SOCKET` says.
  let name: String

  init(_ name: String) throws {
    self.name = name
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(2 + bytes.count)
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
    }
    try #require(isBound)
  }

  deinit { close(descriptor) }

  func next() -> String {
    var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, 60_000) == 1 else { return "nothing came" }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}

@Suite("What systemd is told")
struct ServiceManagerTests {
  @Test("when it is ready, reads its files again, and ends", arguments: [false, true])
  func news(isAbstract: Bool) throws {
    let directory = TemporaryDirectory()
    let path = directory.path + "/notify"
    let manager = try NotifySocket(isAbstract ? "@\(path)" : path)
    let server = try ServingProgram(environment: ["NOTIFY_SOCKET": manager.name])
    #expect(manager.next() == "READY=1")
    server.program.kill(SIGHUP)
    let reloading = manager.next().split(separator: "\n")
    #expect(reloading.first == "RELOADING=1")
    let time = reloading.last.flatMap { line in
      line.hasPrefix("MONOTONIC_USEC=") ? Int(line.dropFirst("MONOTONIC_USEC=".count)) : nil
    }
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    #expect((1...(now.tv_sec * 1_000_000 + now.tv_nsec / 1_000)).contains(time ?? 0), "\(reloading)")
    #expect(manager.next() == "READY=1")
    server.program.kill(15)
    #expect(manager.next() == "STOPPING=1")
    #expect(server.end().status == 0)
  }

  @Test("an address that leads nowhere keeps nothing from being served", arguments: ["/nowhere/socket", "x", "@"])
  func nobody(name: String) throws {
    let server = try ServingProgram(environment: ["NOTIFY_SOCKET": name])
    #expect(try server.client()("PING") == .simple("PONG"))
    #expect(server.end().status == 0)
  }
}
