import Foundation
import TallyTestSupport

/// The built `tally` on a log of a test's own.
struct Tool {
  struct Result {
    var code: Int32
    var output: String
    var errors: String
    var lines: [String] { output.split(separator: "\n").map(String.init) }
    var objects: [[String: Any]] { lines.compactMap { Tool.object($0) } }
    /// The only object on standard output.
    var object: [String: Any] { objects.count == 1 ? objects[0] : [:] }
  }

  let directory = TemporaryDirectory()
  var log: String { directory.path + "/shop.tally" }

  /// With a new log.
  static func onNewLog() -> Tool {
    let tool = Tool()
    _ = tool("init")
    return tool
  }

  @discardableResult
  func callAsFunction(_ arguments: String..., input: String? = nil) -> Result { run(arguments, input: input) }

  func run(_ arguments: [String], input: String? = nil) -> Result {
    let running = start(arguments)
    if let input { running.input.fileHandleForWriting.write(Data(input.utf8)) }
    try? running.input.fileHandleForWriting.close()
    return running.finish()
  }

  /// A run whose input the test feeds.
  func start(_ arguments: [String]) -> Running { Running(arguments, log: log) }

  final class Running {
    let process = Process()
    let input = Pipe()
    let output = Pipe()
    private let errors = TemporaryDirectory()
    private var buffer = Data()

    init(_ arguments: [String], log: String) {
      signal(SIGPIPE, SIG_IGN)
      process.executableURL = URL(fileURLWithPath: ChildProcess.built("tally"))
      process.arguments = arguments
      process.environment = ["TALLY_LOG": log]
      process.standardInput = input
      process.standardOutput = output
      _ = FileManager.default.createFile(atPath: errors.path + "/stderr", contents: nil)
      process.standardError = FileHandle(forWritingAtPath: errors.path + "/stderr")
      try? process.run()
    }

    func send(_ line: String) { input.fileHandleForWriting.write(Data((line + "\n").utf8)) }

    /// Blocks until a line has come; `nil` at the end of the output.
    func nextLine() -> String? {
      while true {
        if let end = buffer.firstIndex(of: 0x0A) {
          defer { buffer = buffer[(end + 1)...] }
          return String(decoding: buffer[..<end], as: UTF8.self)
        }
        let more = output.fileHandleForReading.availableData
        if more.isEmpty { return nil }
        buffer += more
      }
    }

    /// Reads the rest and waits.
    func finish() -> Result {
      let rest = buffer + output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return Result(
        code: process.terminationStatus, output: String(decoding: rest, as: UTF8.self),
        errors: (try? String(contentsOfFile: errors.path + "/stderr", encoding: .utf8)) ?? "")
    }
  }

  static func object(_ line: String) -> [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
  }
}
