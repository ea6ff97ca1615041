import Tallystick

/// The arguments as the system passed them.
enum RawArguments {
  /// Swift's strings replace what is not UTF-8, and two names that differ must not become one.
  static func check() throws {
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[index] else { break }
      if String(validatingCString: argument) == nil {
        throw CommandFailure.usage(
          "the argument \(Arguments.quote(String(cString: argument))) is not valid UTF-8; names and texts must be")
      }
    }
  }

  /// The arguments for the argument parser. Before those of `serve` stands what the environment and a file say; the last one
  /// of an option is what counts.
  static var complete: [String] {
    get throws {
      try ServerArgument.check(CommandLine.arguments.dropFirst())
      var arguments = spelledOut
      let isServing = arguments.first == ServeCommand.configuration.commandName
      if isServing, !arguments.contains("--help"), !arguments.contains("-h") {
        arguments.insert(contentsOf: try ServeSettings(Array(arguments.dropFirst())).arguments, at: 1)
      }
      return arguments
    }
  }

  /// The arguments for the argument parser, which knows no option whose value may be left out: of `reserve`, `--wait` and
  /// `--wait=D` are waiting in line. `--wait D`, in two words, is how long to wait for the log, as everywhere.
  static var spelledOut: [String] {
    let arguments = ServerArgument.spelledOut(Array(CommandLine.arguments.dropFirst()))
    guard arguments.first == ReserveCommand.configuration.commandName else { return arguments }
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    var spelled = [String]()
    for (index, argument) in arguments.enumerated() {
      if index < end, argument.hasPrefix("--wait=") {
        spelled.append("--wait-in-line=" + argument.dropFirst("--wait=".count))
      } else if index < end, argument == "--wait",
        index + 1 >= end || (try? Milliseconds(argument: arguments[index + 1])) == nil
      {
        spelled.append("--wait-in-line=forever")
      } else {
        spelled.append(argument)
      }
    }
    return spelled
  }

  /// The argument parser's words for what is wrong, on one line and with what to do.
  static func explain(_ message: String) -> String {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    let arguments = CommandLine.arguments.dropFirst()
    let command = arguments.first.flatMap { $0.hasPrefix("-") ? nil : $0 }
    let known = Tally.commandNames.contains(command ?? "") ? " \(command ?? "")" : ""
    // Only an adjustment may be negative.
    let negative =
      known == " adjust" ? nil : arguments.first { $0.hasPrefix("-") && $0.dropFirst().first?.isNumber == true }
    if let negative {
      return "\(Arguments.quote(negative)) is negative, which no argument here may be; see tally\(known) --help"
    }
    return "\(line); see tally\(known) --help"
  }
}
