import CKernel
import Glibc

/// A program that a test runs: its output, its end.
public struct ChildProcess {
  public let id: pid_t
  private let output: Int32

  /// Starts `arguments[0]` with standard output and error on a pipe.
  public init?(_ arguments: [String]) {
    var ends: [Int32] = [-1, -1]
    // Closed in every other child: one that inherited it would keep this pipe from ending.
    guard tally_pipe(&ends) == 0 else { return nil }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    var process = pid_t()
    let code = posix_spawnp(&process, arguments[0], &actions, nil, pointers, environ)
    posix_spawn_file_actions_destroy(&actions)
    for pointer in pointers { free(pointer) }
    close(ends[1])
    guard code == 0 else {
      close(ends[0])
      return nil
    }
    id = process
    output = ends[0]
  }

  /// Reads until `count` bytes or more have come, or the program closes its output.
  public func read(atLeast count: Int) -> [UInt8] {
    var bytes = [UInt8]()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < count {
      let got = Glibc.read(output, &buffer, buffer.count)
      if got <= 0 { break }
      bytes.append(contentsOf: buffer[0..<got])
    }
    return bytes
  }

  /// Everything it still writes.
  public func readToEnd() -> [UInt8] { read(atLeast: .max) }

  public func kill(_ signal: Int32 = SIGKILL) { Glibc.kill(id, signal) }

  /// Its exit status, or 128 + the signal that ended it.
  @discardableResult
  public func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 && errno == EINTR {}
    close(output)
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  /// A program that the package built, beside the tests.
  public static func built(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    // The test bundle is loaded by a runner that lies elsewhere: its own path is among the mappings.
    guard let maps = fopen("/proc/self/maps", "r") else { return name }
    defer { fclose(maps) }
    while fgets(&buffer, Int32(buffer.count), maps) != nil {
      let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard line.contains(".xctest"), let start = line.firstIndex(of: "/") else { continue }
      let path = line[start...].split(separator: "\n")[0]
      return path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/" + name
    }
    return name
  }
}
