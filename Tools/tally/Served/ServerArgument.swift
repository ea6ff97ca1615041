/// `--server` and `--server ADDRESS`: the argument parser knows no option whose value may be left out. What follows is its
/// value if it has the form of an address; nothing else on a command line begins like one.
enum ServerArgument {
  private static let name = "--server"

  /// What a server can answer; everything else reads or writes the log's directory.
  private static let commands: Set<String> = [
    "receive", "reserve", "reopen", "extend", "amend", "commit", "release", "return", "adjust", "transfer", "limit",
    "floor", "recipe", "prefer", "register", "expire", "append", "acknowledge", "forget",
    "stock", "show", "holds", "queue", "events", "consumers", "consume",
  ]

  static func spelledOut(_ arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    var spelled: [String] = []
    var isValue = false
    for (index, argument) in arguments.enumerated() {
      if isValue {
        isValue = false
      } else if index < end, argument == name {
        isValue = index + 1 < end && isAddress(arguments[index + 1])
        spelled.append("\(name)=\(isValue ? arguments[index + 1] : ServerOption.ofLog)")
      } else {
        spelled.append(argument)
      }
    }
    return spelled
  }

  /// - Throws: ``CommandFailure`` for a command that no server answers.
  static func check(_ arguments: ArraySlice<String>) throws {
    let options = arguments.prefix { $0 != "--" }
    guard options.contains(where: { $0 == name || $0.hasPrefix("\(name)=") }), let command = arguments.first,
      Tally.commandNames.contains(command), !commands.contains(command)
    else { return }
    throw CommandFailure.usage(
      "a server does not answer tally \(command): it works on the log's directory, so name that with --log and leave"
        + " --server out")
  }

  private static func isAddress(_ text: String) -> Bool {
    text.hasPrefix("http://") || text.hasPrefix("https://") || text.hasPrefix("/") || text.hasPrefix("./")
      || text.hasPrefix("../")
  }
}
