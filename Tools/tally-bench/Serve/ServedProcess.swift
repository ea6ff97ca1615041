import Glibc

/// A server that a benchmark starts and ends.
final class ServedProcess {
  let port: Int
  private let process: pid_t

  /// - Parameter arguments: are given the port; the program is found on the path.
  init(_ arguments: (Int) -> [String]) throws {
    port = try ServedProcess.freePort()
    let words = arguments(port)
    var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var process = pid_t()
    guard posix_spawnp(&process, words[0], &actions, nil, pointers, environ) == 0 else {
      throw BenchmarkError("cannot run \(words[0])")
    }
    self.process = process
    for _ in 0..<1_000 {
      if (try? client().ask(["PING"])) == "+PONG" { return }
      usleep(10_000)
    }
    throw BenchmarkError("\(words[0]) does not answer")
  }

  deinit {
    kill(process, SIGTERM)
    var status: Int32 = 0
    waitpid(process, &status, 0)
  }

  func client(_ clients: Int = 1, pipeline: Int = 1) -> LoadClient {
    LoadClient(port: port, clients: clients, pipeline: pipeline)
  }

  /// Of the process, in KiB.
  var residentKilobytes: Int {
    guard let file = fopen("/proc/\(process)/status", "r") else { return 0 }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 256)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if line.hasPrefix("VmRSS:") { return Int(line.split(whereSeparator: { !$0.isNumber }).first ?? "") ?? 0 }
    }
    return 0
  }

  static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw BenchmarkError("no port is free") }
    return Int(in_port_t(bigEndian: address.sin_port))
  }
}
