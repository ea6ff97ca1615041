import TallyTestSupport
import Tallystick
import Testing

@Suite("Examples in the documentation")
struct DocExampleTests {
  @Test("are compiled: each stands in DocExamples.swift as it is printed")
  func compiled() throws {
    let here = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    let compiled = Self.code(String(decoding: try read(here + "/DocExamples.swift"), as: UTF8.self))
    var count = 0
    for product in ["Tallystick", "TallyAudit", "TallyFormat", "TallyMetrics"] {
      for path in try Self.sources(in: here + "/../../Sources/" + product) {
        for example in Self.examples(String(decoding: try read(path), as: UTF8.self)) {
          count += 1
          #expect(compiled.contains(example), "\(path) has an example that is not compiled:\n\(example)")
        }
      }
    }
    #expect(count >= 8)
  }

  @Test("do what they say")
  func runs() async throws {
    let directory = TemporaryDirectory()
    let path = directory.path + "/log"
    try TallyLog.create(path)
    let log = try openingExample(path)
    #expect(await answeringExample(log, Command(.receive([Line(sku: "tea", 1)]))) == "200 2")
    #expect(await answeringExample(log, Command(.commit(id: "order-1"))) == "409 unknown-reservation")
    struct Enough: Error {}
    await #expect(throws: Enough.self) {
      try await followingExample(log, after: 1) { event in
        #expect(event.sequence == 2)
        throw Enough()
      }
    }
    log.close()
    #expect(await answeringExample(log, Command(.commit(id: "order-1"))).hasPrefix("503 "))
  }

  /// The texts between a line with three backquotes and `swift`, and one with three backquotes.
  private static func examples(_ text: String) -> [String] {
    var examples: [String] = []
    var open: [Substring]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var content = line.drop { $0 == " " }
      if content.hasPrefix("///") { content = content.dropFirst(3) }
      switch (content.drop { $0 == " " }, open) {
      case ("```swift", _): open = []
      case ("```", let lines?):
        examples.append(code(lines.joined(separator: "\n")))
        open = nil
      case (_, let lines?): open = lines + [content]
      default: break
      }
    }
    return examples
  }

  /// Without indentation.
  private static func code(_ text: String) -> String {
    text.split(separator: "\n").map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private static func sources(in directory: String) throws -> [String] {
    let files = LocalFileSystem()
    return try files.list(directory).flatMap { name -> [String] in
      let path = directory + "/" + name
      if name.hasSuffix(".swift") || name.hasSuffix(".md") { return [path] }
      return name.contains(".") && !name.hasSuffix(".docc") || name == "Resources" ? [] : try sources(in: path)
    }
  }
}
