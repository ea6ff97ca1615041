import Glibc

/// Half of the processors for a server and half for its clients: who asks more than can be answered would else take the
/// time that is needed to answer.
struct Processors {
  private let count: Int

  /// Those of this machine.
  init() { count = sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

  /// What a program is started with to have the second half.
  var forServer: [String] { count < 2 ? [] : ["taskset", "-c", "\(count / 2)-\(count - 1)"] }

  /// Runs `body` on this thread with the first half.
  func forClients<Value>(_ body: () throws -> Value) rethrows -> Value {
    guard count >= 2 else { return try body() }
    Processors.allow(0..<count / 2)
    defer { Processors.allow(0..<count) }
    return try body()
  }

  /// For the thread of the benchmark, which is the process's first.
  private static func allow(_ processors: Range<Int>) {
    _ = system("taskset -cp \(processors.lowerBound)-\(processors.upperBound - 1) \(getpid()) > /dev/null")
  }
}
