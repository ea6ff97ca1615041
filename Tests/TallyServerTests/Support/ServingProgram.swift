import Foundation
import TallyTestSupport
import Testing

/// `tally serve` as a program of its own.
final class ServingProgram {
  let directory: TemporaryDirectory
  let program: RunningProgram
  let port: Int
  /// The line that it prints when it is ready.
  let ready: String

  var log: String { directory.path + "/shop.tally" }

  /// Of HTTP; 0: it does not listen for that.
  let httpPort: Int

  /// On a new log, or again on that of `directory`.
  ///
  /// - Parameters:
  ///   - http: listen for HTTP, too.
  ///   - limit: what a shell is told before, for example `ulimit -f 100`.
  init(
    _ options: [String] = [], http: Bool = false, limit: String? = nil,
    in directory: TemporaryDirectory = TemporaryDirectory(),
    makesLog: Bool = true, environment: [String: String] = [:]
  ) throws {
    self.directory = directory
    let log = directory.path + "/shop.tally"
    let tally = ChildProcess.built("tally")
    if makesLog {
      let made = try #require(
        RunningProgram([tally, "init", "--log", log]), "tally could not be started; was it built?")
      #expect(made.finish().status == 0)
    }
    var arguments = [tally, "serve", "--log", log, "--json", "--resp", "127.0.0.1:0"] + options
    if http { arguments += ["--http", "127.0.0.1:0"] }
    if let limit { arguments = ["sh", "-c", "\(limit) && exec \"$@\"", "sh"] + arguments }
    program = try #require(RunningProgram(arguments, environment: environment))
    let line = program.nextLine()
    ready = try #require(line, "the server does not start: \(program.finish(within: 1).errors)")
    let ready = ready
    func port(_ name: String) -> Int? {
      ready.firstRange(of: "\"\(name)\":\"127.0.0.1:").flatMap { Int(ready[$0.upperBound...].prefix { $0.isNumber }) }
    }
    self.port = try #require(port("resp"), "\(ready)")
    httpPort = port("http") ?? 0
  }

  func client() throws -> TestClient { try TestClient(.tcp(port: port)) }

  /// Ends it as a supervisor does.
  func end() -> RunningProgram.Ended {
    program.kill(15)
    return program.finish()
  }

  /// Ends it as a power cut does; the log stays for the next.
  func kill() {
    program.kill(9)
    _ = program.finish()
  }

  /// What the auditor says about its log.
  func verdict() -> String {
    guard let audit = RunningProgram([ChildProcess.built("tally-verify"), log, "--json"]) else { return "not started" }
    return audit.finish().output
  }

  /// Memory that it has, in KiB.
  var residentKilobytes: Int {
    let text = (try? String(contentsOfFile: "/proc/\(program.id)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
  }

  /// Files and connections that it has open.
  var openFiles: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(program.id)/fd").count) ?? 0 }
}
