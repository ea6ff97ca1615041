import Glibc
import TallyTestSupport

@testable import TallyJetStream

/// nats-server on loopback, one node or a cluster of three, in a directory of its own. Killed at the end.
final class NATSServer {
  private static let root = #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" }
  /// `Tools/setup-clients` installs it; or what is on the path.
  private static let program: String? = {
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    let folders = ["\(root)/.build/clients/bin"] + path.split(separator: ":").map { String($0) }
    return folders.map { "\($0)/nats-server" }.first { access($0, X_OK) == 0 }
  }()
  static var isInstalled: Bool { program != nil }

  private let directory = TemporaryDirectory()
  private let ports: [Int]
  private var nodes: [ChildProcess?]

  /// Starts so many nodes and waits until they take streams.
  init?(nodes count: Int) {
    guard NATSServer.program != nil else { return nil }
    let free = NATSServer.freePorts(2 * count)
    ports = Array(free.prefix(count))
    let routes = free.suffix(count)
    nodes = Array(repeating: nil, count: count)
    for node in 0..<count {
      var text = """
        server_name: n\(node)
        listen: 127.0.0.1:\(ports[node])
        jetstream { store_dir: "\(directory.path)/n\(node)", max_file: 1G, max_mem: 64M }

        """
      if count > 1 {
        let others = routes.map { "nats://127.0.0.1:\($0)" }.joined(separator: ", ")
        text += "cluster { name: c, listen: 127.0.0.1:\(Array(routes)[node]), routes: [\(others)] }\n"
      }
      guard let file = fopen("\(directory.path)/n\(node).conf", "w") else { return nil }
      fputs(text, file)
      fclose(file)
      start(node)
    }
  }

  deinit { for node in nodes.indices { kill(node) } }

  func start(_ node: Int) {
    guard let program = NATSServer.program, nodes[node] == nil else { return }
    let folder = directory.path
    nodes[node] = ChildProcess([program, "-c", "\(folder)/n\(node).conf", "-l", "\(folder)/n\(node).log"])
  }

  func kill(_ node: Int) {
    nodes[node]?.kill()
    nodes[node]?.wait()
    nodes[node] = nil
  }

  /// Of a log that these servers keep.
  func address(_ name: String, local: String, replicas: Int? = nil) throws -> StreamAddress {
    try StreamAddress(url(name) + "?local=\(local)&replicas=\(replicas ?? ports.count)")
  }
  func url(_ name: String) -> String { "nats://" + ports.map { "127.0.0.1:\($0)" }.joined(separator: ",") + "/\(name)" }

  /// Makes the log, however long the servers take to come up.
  func made(_ log: StreamLog) throws -> StreamLog {
    try NATSServer.eventually { try log.create() }
    return log
  }

  /// Tries until it does not throw, two minutes at most.
  static func eventually<T>(_ body: () throws -> T) throws -> T {
    let start = ContinuousClock.now
    while true {
      do { return try body() } catch {
        if .now - start > .seconds(120) { throw error }
        usleep(100_000)
      }
    }
  }

  /// The node that leads a stream.
  func leader(of name: String) throws -> Int {
    let connection = try NATSConnection(try address(name, local: "/"))
    return try NATSServer.eventually {
      let answer = String(
        decoding: try connection.request("$JS.API.STREAM.INFO.\(name)", [], headers: []), as: UTF8.self)
      guard let found = nodes.indices.first(where: { answer.contains("\"leader\":\"n\($0)\"") }) else {
        throw StreamFault(.passing, "no leader in \(answer)")
      }
      return found
    }
  }

  /// What nobody should do: asks the servers anything.
  func ask(_ question: String, _ body: String, of name: String) throws -> String {
    let connection = try NATSConnection(try address(name, local: "/"))
    return String(decoding: try connection.request("$JS.API.\(question)", Array(body.utf8), headers: []), as: UTF8.self)
  }

  /// Ports that nobody listened on a moment ago.
  private static func freePorts(_ count: Int) -> [Int] {
    var sockets = [Int32]()
    defer { for socket in sockets { close(socket) } }
    return (0..<count).map { _ in
      let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      sockets.append(socket)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = bind(socket, $0, length)
          _ = getsockname(socket, $0, &length)
        }
      }
      return Int(UInt16(bigEndian: address.sin_port))
    }
  }
}
