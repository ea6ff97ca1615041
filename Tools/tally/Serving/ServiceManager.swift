import Glibc

/// Whoever started the server and wants to know how it fares: systemd, by sd_notify(3). Where nobody does, nothing is told.
enum ServiceManager {
  enum News {
    /// It can be connected to; also the end of a reload.
    case ready
    /// Users and certificates are being read again.
    case reloading
    /// Nobody new is let in.
    case stopping
  }

  static func tell(_ news: News) {
    guard let place = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), let address = address(place) else { return }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let text = Array(text(of: news).utf8)
    var (name, length) = address
    _ = withUnsafePointer(to: &name) { name in
      name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), $0, length)
      }
    }
  }

  private static func text(of news: News) -> String {
    switch news {
    case .ready: return "READY=1"
    case .stopping: return "STOPPING=1"
    case .reloading:
      var now = timespec()
      clock_gettime(CLOCK_MONOTONIC, &now)
      return "RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1_000)"
    }
  }

  /// A path, or behind an `@` a name that is in no directory.
  private static func address(_ place: String) -> (sockaddr_un, socklen_t)? {
    var bytes = Array(place.utf8)
    guard let first = bytes.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@") else { return nil }
    if first == UInt8(ascii: "@") { bytes[0] = 0 }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { path -> Bool in
      guard bytes.count < path.count else { return false }
      path.copyBytes(from: bytes)
      return true
    }
    guard fits else { return nil }
    let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
    // The length tells where a name without a directory ends; a path ends with a zero.
    return (address, socklen_t(offset + bytes.count + (first == UInt8(ascii: "/") ? 1 : 0)))
  }
}
