import TallyTestSupport
import Testing

/// Go's packages for signed notes and transparency logs, as Debian has them.
struct GoPeer {
  /// Built once; `nil`: not installed.
  static let shared: GoPeer? = {
    let folder = TemporaryDirectory()
    let source = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Peers/peer.go"
    let environment = [
      "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": folder.path + "/cache", "HOME": folder.path,
      "GOFLAGS": "-buildvcs=false",
    ]
    let build = RunningProgram(["go", "build", "-o", folder.path + "/peer", source], environment: environment)
    guard let build, build.finish(within: 300).status == 0 else { return nil }
    return GoPeer(folder: folder)
  }()

  /// Removed when the tests end.
  private let folder: TemporaryDirectory

  func run(_ arguments: [String], input: String) throws -> RunningProgram.Ended {
    let program = try #require(RunningProgram([folder.path + "/peer"] + arguments))
    program.send(input)
    program.endInput()
    return program.finish()
  }
}
