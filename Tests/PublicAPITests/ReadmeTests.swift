import TallyTestSupport
import Tallystick
import Testing

@Suite("The README")
struct ReadmeTests {
  private func example(in path: String) throws -> String {
    let text = String(decoding: try read(path), as: UTF8.self)
    let begin = try #require(text.firstRange(of: "// readme-example-begin\n"))
    let end = try #require(text.firstRange(of: "// readme-example-end\n"))
    return String(text[begin.upperBound..<end.lowerBound])
  }

  @Test("has the library example that is compiled here")
  func sameText() throws {
    let here = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    #expect(try example(in: here + "/../../README.md") == example(in: here + "/ReadmeExample.swift"))
  }

  @Test("has a library example that does what it says")
  func runs() async throws {
    let directory = TemporaryDirectory()
    let report = try await sellTea(at: directory.path + "/shop.tally")
    #expect(report.levels.map(\.onHand) == [98])
    #expect(report.sequence == 4)
  }
}
