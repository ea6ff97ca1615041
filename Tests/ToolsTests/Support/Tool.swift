import Foundation
import TallyTestSupport
import Testing

/// The built `tally` on a log of a test's own.
struct Tool {
  let directory = TemporaryDirectory()
  var log: String { directory.path + "/shop.tally" }

  static let tally = ChildProcess.built("tally")
  static let verify = ChildProcess.built("tally-verify")

  /// With a new log.
  static func onNewLog(_ options: String...) -> Tool {
    let tool = Tool()
    let made = tool.run(["init"] + options)
    #expect(made.status == 0, "\(made.errors)")
    return tool
  }

  /// Runs `tally` to its end.
  @discardableResult
  func callAsFunction(_ arguments: String..., input: String = "") -> RunningProgram.Ended {
    run(arguments, input: input)
  }

  @discardableResult
  func run(_ arguments: [String], input: String = "") -> RunningProgram.Ended {
    end([Tool.tally] + arguments, input: Array(input.utf8))
  }

  /// Any program, with `TALLY_LOG` set, to its end.
  func end(_ arguments: [String], input: [UInt8] = []) -> RunningProgram.Ended {
    guard let running = program(arguments) else {
      return RunningProgram.Ended(status: -1, output: "", errors: "\(arguments[0]) could not be started")
    }
    running.send(input)
    return running.finish()
  }

  /// Starts `tally`; the test feeds its input.
  func start(_ arguments: String...) throws -> RunningProgram {
    try #require(program([Tool.tally] + arguments), "tally could not be started; was it built?")
  }

  private func program(_ arguments: [String]) -> RunningProgram? {
    RunningProgram(arguments, environment: ["TALLY_LOG": log])
  }

  /// A shell script in which `$tally` and `$verify` are the tools, in the test's directory.
  func shell(_ script: String) -> RunningProgram.Ended {
    end(["bash", "-c", "tally='\(Tool.tally)' verify='\(Tool.verify)'; cd '\(directory.path)' || exit 99\n\(script)"])
  }

  // MARK: What the log holds

  /// What the auditor says about it.
  func verdict(of log: String? = nil) -> String? {
    end([Tool.verify, log ?? self.log, "--json"]).object["verdict"] as? String
  }

  func onHand(_ item: String) -> Int? { self("stock", item, "--json").object["on_hand"] as? Int }

  var lastSequence: Int? { self("info", "--json").object["last_seq"] as? Int }

  /// Writes a file into the test's directory.
  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = directory.path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// The log's first segment.
  var firstSegment: String { log + "/segments/00000000000000000001.lz4" }

  func bytes(of path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
}

extension RunningProgram.Ended {
  /// The lines of output as JSON objects.
  var objects: [[String: Any]] { lines.compactMap { JSON.object($0) } }
  /// The only object on standard output.
  var object: [String: Any] { objects.count == 1 && lines.count == 1 ? objects[0] : [:] }
  /// Standard error is one line, and says all of this.
  func says(_ texts: String...) -> Bool {
    errors.hasSuffix("\n") && errors.split(separator: "\n", omittingEmptySubsequences: false).count == 2
      && texts.allSatisfy { errors.contains($0) }
  }
}

enum JSON {
  static func object(_ line: String) -> [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
  }
}

/// Command lines for `tally append`.
enum Lines {
  static func receive(_ quantity: Int, _ sku: String = "tea", key: String? = nil) -> String {
    let key = key.map { #","key":"\#($0)""# } ?? ""
    return #"{"op":"receive","lines":[{"sku":"\#(sku)","qty":\#(quantity)}]\#(key)}"# + "\n"
  }

  static func reserve(_ id: String, _ quantity: Int = 1, _ sku: String = "tea") -> String {
    #"{"op":"reserve","id":"\#(id)","lines":[{"sku":"\#(sku)","qty":\#(quantity)}]}"# + "\n"
  }
}
