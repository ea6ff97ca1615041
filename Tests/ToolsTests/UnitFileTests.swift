import Glibc
import TallyTestSupport
import Testing

/// The unit for systemd, read by systemd itself, which need not run. Passed over where it is not installed.
@Suite(
  "The unit of the server",
  .enabled(if: access("/usr/bin/systemd-analyze", X_OK) == 0, "systemd is not installed"))
struct UnitFileTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
  private let directory = TemporaryDirectory()

  private func analyze(_ words: [String]) throws -> RunningProgram.Ended {
    try #require(RunningProgram(["systemd-analyze"] + words)).finish()
  }

  /// The unit with the program that was built.
  private func unit() throws -> String {
    let text = try #require(RunningProgram(["cat", Self.root + "/Tools/systemd/tally.service"])).finish().output
    let path = directory.path + "/tally.service"
    let bytes = Array(text.replacing("/usr/bin/tally ", with: ChildProcess.built("tally") + " ").utf8)
    let file = try #require(fopen(path, "w"))
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    fclose(file)
    return path
  }

  @Test("says nothing that systemd does not understand")
  func verified() throws {
    let ended = try analyze(["verify", "--man=no", try unit()])
    #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended.errors)")
  }

  @Test("leaves an intruder little: systemd counts it 1.4 of 10")
  func hardened() throws {
    let ended = try analyze(["security", "--offline=yes", "--threshold=15", "--no-pager", try unit()])
    #expect(ended.status == 0, "\(ended.output.suffix(200))\(ended.errors)")
  }
}
