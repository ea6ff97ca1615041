import TallyTestSupport
import Testing

@Suite("The settings of tally serve")
struct ConfigTests {
  private let directory = TemporaryDirectory()
  private var file: String { directory.path + "/tally.json" }

  private func show(
    _ options: [String], file text: String? = nil, environment: [String: String] = [:]
  ) throws -> RunningProgram.Ended {
    var arguments = [ChildProcess.built("tally"), "serve", "--print-config", "--json"] + options
    if let text {
      try TestFile.write(text, to: file)
      arguments += ["--config", file]
    }
    return try #require(RunningProgram(arguments, environment: environment)).finish()
  }

  @Test("an argument stands before the environment, that before the file, that before what is by itself")
  func precedence() throws {
    let text = #"{"max_connections":11,"max_outstanding":12,"event_loops":3,"allow_unkeyed":true}"#
    let environment = ["TALLY_MAX_CONNECTIONS": "21", "TALLY_MAX_OUTSTANDING": "22", "TALLY_ALLOW_UNKEYED": "false"]
    let shown = try show(["--max-connections", "31"], file: text, environment: environment)
    for words in [
      #""max_connections":31,"#, #""max_outstanding":22,"#, #""event_loops":3,"#, #""allow_unkeyed":false,"#,
      #""max_queue_delay_ms":100,"#, #""max_connections":"argument""#, #""max_outstanding":"environment""#,
      "\"event_loops\":\"\(file)\"", #""allow_unkeyed":"environment""#, #""users":"default""#,
    ] { #expect(shown.output.contains(words), "\(words): \(shown.output)\(shown.errors)") }
    let named = try show([], environment: ["TALLY_CONFIG": file, "TALLY_MAX_QUEUE_DELAY": "50ms"])
    #expect(named.output.contains(#""max_connections":11,"#) && named.output.contains(#""max_queue_delay_ms":50,"#))
  }

  @Test("what is no setting is refused with its line and the setting that may be meant")
  func errors() throws {
    for (text, status, words) in [
      (
        "{\n\"max_conections\":5}", 65,
        "line 2: there is no setting \"max_conections\"; did you mean \"max_connections\"?"
      ),
      ("{\"zzzzzzzzz\":5}", 65, "there are allow_unkeyed"), ("[]", 65, "must be one object"),
      ("{", 65, "the file ends in the middle"), ("{\"allow_unkeyed\":\"yes\"}", 65, "must be true or false"),
      ("{\"max_connections\":1.5}", 65, "must be a whole number"), ("{\"resp\":[1]}", 65, "a string or a number"),
      ("{\"max_connections\":0}", 64, "--max-connections must be from 1"),
      ("{\"resp\":\"nonsense\"}", 64, "is not HOST:PORT"),
    ] as [(String, Int32, String)] {
      let ended = try show([], file: text)
      #expect(ended.status == status && ended.errors.contains(words), "\(text): \(ended.errors)")
    }
    #expect(try show(["--config", "/nowhere.json"]).errors.contains("/nowhere.json"))
    #expect(try show([], environment: ["TALLY_ALLOW_UNKEYED": "perhaps"]).status == 64)
    let mistyped = try show([], environment: ["TALLY_MAX_CONECTIONS": "5", "TALLY_TOKEN": "t", "TALLY_LOG": "/l"])
    #expect(
      mistyped.status == 64
        && mistyped.errors.contains(
          "the environment has TALLY_MAX_CONECTIONS, but there is no such setting; did you mean \"TALLY_MAX_CONNECTIONS\"?"
        ),
      "\(mistyped.errors)")
  }

  @Test("every option of serve can stand in the environment and the file")
  func complete() throws {
    let help = try #require(RunningProgram([ChildProcess.built("tally"), "serve", "--help"])).finish().output
    let named = help.split(whereSeparator: { " ,\n[]()/|".contains($0) }).filter { $0.hasPrefix("--") }
    let options = Set(named.map { String($0.dropFirst(2)) })
    let shown = try show([]).output
    let origins = try #require(shown.firstRange(of: "\"origins\":"))
    for option in options.subtracting(["print-config", "json", "help", "version", "config", "log DIR", ""]) {
      let name = String(option.map { $0 == "-" ? "_" : $0 })
      #expect(shown[origins.upperBound...].contains("\"\(name)\":"), "--\(option) is not in ServeSettings")
    }
  }
}
