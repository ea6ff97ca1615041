import Glibc
import TallyImport
import TallyJetStream
import TallyText
import Tallystick

/// What `serve` is told: by its arguments, else by the environment, else by a file, else nothing.
///
/// A setting has one name: the option `--max-queue-delay` is `TALLY_MAX_QUEUE_DELAY` in the environment and
/// `max_queue_delay` in the file.
struct ServeSettings {
  enum Origin: Equatable {
    case argument
    case environment
    case file(String)
    case none
  }
  /// Options of `serve` with a value.
  static let values = [
    "log", "resp", "unix", "http", "users", "tls-certificate", "tls-key", "tls-client-authority", "max-connections",
    "max-outstanding", "max-queued", "max-queue-delay", "event-loops", "client-rate", "item-rate",
    "log-format", "webhooks", "wait", "shards", "sign", "checkpoint-every", "witness",
  ]
  /// Those that are said or not.
  static let flags = [
    "allow-unkeyed", "insecure-anyone-may-connect", "insecure-without-tls", "no-verifier", "log-requests",
  ]
  private static let mostBytes = 1 << 20

  /// In the order of the options.
  private(set) var found: [(name: String, value: String, origin: Origin)] = []
  /// Of what was not found in the arguments.
  private(set) var arguments: [String] = []

  /// - Parameters:
  ///   - given: the arguments behind `serve`.
  ///   - environment: a variable's value.
  ///   - names: of all variables.
  init(
    _ given: [String], environment: (String) -> String? = ServeSettings.variable,
    names: [String] = ServeSettings.variableNames(),
    files: any FileSystem = LocalFileSystem()
  ) throws {
    let end = given.firstIndex(of: "--") ?? given.endIndex
    let options = given[..<end]
    try ServeSettings.checkNames(names)
    let path = ServeSettings.value(of: "config", in: options) ?? environment("TALLY_CONFIG")
    let file = try path.map { ($0, try ServeSettings.read($0, files)) }
    for name in ServeSettings.values + ServeSettings.flags {
      let isFlag = ServeSettings.flags.contains(name)
      if options.contains(where: { $0 == "--\(name)" || $0.hasPrefix("--\(name)=") }) {
        found.append((name, ServeSettings.value(of: name, in: options) ?? "true", .argument))
      } else if let value = environment(ServeSettings.variableName(name)) {
        try add(name, isFlag ? ServeSettings.flag(value, ServeSettings.variableName(name)) : value, .environment)
      } else if let (path, members) = file, let value = members.first(where: { $0.name == name })?.value {
        try add(name, value, .file(path))
      }
    }
  }

  private mutating func add(_ name: String, _ value: String, _ origin: Origin) throws {
    found.append((name, value, origin))
    if !ServeSettings.flags.contains(name) { arguments += ["--\(name)=\(value)"] }
    if ServeSettings.flags.contains(name), value == "true" { arguments.append("--\(name)") }
  }

  /// `max-queue-delay` → `TALLY_MAX_QUEUE_DELAY`
  static func variableName(_ name: String) -> String {
    "TALLY_" + String(name.map { $0 == "-" ? "_" : $0 }).uppercased()
  }

  /// Of the environment.
  static func variableNames() -> [String] {
    var names: [String] = []
    var next = environ
    while let variable = next.pointee {
      names.append(String(String(cString: variable).prefix { $0 != "=" }))
      next += 1
    }
    return names
  }

  /// - Throws: for a variable that looks like a setting and is none: a typing error must not leave a server open, or slow.
  private static func checkNames(_ names: [String]) throws {
    let others = Set(["TALLY_CONFIG", "TALLY_TOKEN"] + StreamAddress.variables)
    let known = others.union((values + flags).map(variableName))
    guard let unknown = names.sorted().first(where: { $0.hasPrefix("TALLY_") && !known.contains($0) }) else { return }
    throw CommandFailure.usage(
      "the environment has \(unknown.printable), but there is no such setting"
        + nearest(to: unknown, in: known.subtracting(["TALLY_TOKEN"])))
  }

  static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// The last one, as the argument parser takes it.
  private static func value(of name: String, in options: ArraySlice<String>) -> String? {
    var value: String?
    for index in options.indices {
      if options[index].hasPrefix("--\(name)=") { value = String(options[index].dropFirst(name.count + 3)) }
      if options[index] == "--\(name)", index + 1 < options.endIndex { value = options[index + 1] }
    }
    return value
  }

  private static func flag(_ text: String, _ place: String) throws -> String {
    switch text.lowercased() {
    case "true", "1", "yes", "on": return "true"
    case "false", "0", "no", "off": return "false"
    default: throw CommandFailure.usage("\(place) must be true or false, not \(Arguments.quote(text))")
    }
  }

  // MARK: The file

  /// `{"resp":"127.0.0.1:6390","max_connections":500,"allow_unkeyed":false}`, by the options' names. Strict.
  private static func read(_ path: String, _ files: any FileSystem) throws -> [(name: String, value: String)] {
    guard let bytes = try files.contents(of: path, maximum: mostBytes) else {
      throw CommandFailure.usage("there is no file \(path), which --config names")
    }
    let whole: JSONValue
    do throws(JSONFlaw) { whole = try JSONValue(parsing: bytes, maximumDepth: 8) } catch {
      throw CommandFailure(.badData, "\(path): \(error.inFile(bytes))")
    }
    guard case .object(let members) = whole else {
      throw CommandFailure(.badData, "\(path) must be one object, not \(whole.kind)")
    }
    return try members.map { member in
      let place = "\(path), line \(member.line)"
      guard let name = (values + flags).first(where: { fileName($0) == member.name }) else {
        throw CommandFailure(.badData, "\(place): there is no setting \"\(member.name.printable)\"\(hint(member.name))")
      }
      return (name, try text(member.value, flags.contains(name), "\(place): \(member.name)"))
    }
  }

  private static func text(_ value: JSONValue, _ isFlag: Bool, _ place: String) throws -> String {
    switch value {
    case .bool(let value) where isFlag: return value ? "true" : "false"
    case .string(let value) where !isFlag: return value
    case .number(let number) where !isFlag:
      if let value = number.value(in: .min ... .max) { return "\(value)" }
      throw CommandFailure(.badData, "\(place) must be a whole number")
    default:
      throw CommandFailure(
        .badData, "\(place) must be \(isFlag ? "true or false" : "a string or a number"), not \(value.kind)")
    }
  }

  static func fileName(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }

  private static func hint(_ name: String) -> String { nearest(to: name, in: Set((values + flags).map(fileName))) }

  private static func nearest(to name: String, in known: Set<String>) -> String {
    let nearest = known.sorted().map { ($0, EditDistance.between($0, name)) }.min { $0.1 < $1.1 }
    if let nearest, nearest.1 <= max(2, name.utf8.count / 3) { return "; did you mean \"\(nearest.0)\"?" }
    return "; there are \(known.sorted().joined(separator: ", "))"
  }
}

extension ServeSettings.Origin: CustomStringConvertible {
  var description: String {
    switch self {
    case .argument: "argument"
    case .environment: "environment"
    case .file(let path): path
    case .none: "default"
    }
  }
}
