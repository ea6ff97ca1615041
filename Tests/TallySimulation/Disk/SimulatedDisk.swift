/// Files and directories of a simulated machine: a value, so that the state at any moment can be kept and gone on from.
///
/// Names are like sectors: since the last sync of its directory each name has had several meanings, and any of them may
/// be the one that a power loss leaves. A rename is the end of one name and the beginning of another; a journaling file
/// system keeps the two together, this one need not.
struct SimulatedDisk: Sendable {
  /// What a name means.
  enum Node: Hashable, Sendable {
    case file(Int)
    case directory
  }
  struct Name: Sendable {
    var now: Node?
    var durable: Node?
    /// Since the last sync, oldest first, without doubles and without the durable one.
    var pending: [Node?] = []

    mutating func set(_ node: Node?) {
      now = node
      if node != durable, !pending.contains(node) { pending.append(node) }
      // Back where it was; but what it was in between may still be what survives.
    }
    mutating func sync() {
      durable = now
      pending = []
    }
  }

  var files: [SimulatedContent] = []
  /// By path, without a `/` at the end.
  var directories: [String: [String: Name]] = ["": [:]]
  /// Rises with everything that reaches the platter: two states of one generation differ only in what is pending.
  var generation = 0
  /// Paths of files to which a write failed half-way at some time.
  var halfWritten: Set<String> = []

  func node(_ path: SimulatedPath) -> Node? {
    if path.isRoot { return .directory }
    return directories[path.directory]?[path.name]?.now
  }

  func names(in directory: String) -> [String]? {
    directories[directory]?.filter { $0.value.now != nil }.map(\.key).sorted()
  }

  mutating func set(_ path: SimulatedPath, to node: Node?) {
    directories[path.directory]?[path.name, default: Name()].set(node)
  }

  mutating func makeFile(_ path: SimulatedPath) -> Int {
    files.append(SimulatedContent())
    set(path, to: .file(files.count - 1))
    return files.count - 1
  }

  mutating func makeDirectory(_ path: SimulatedPath) {
    directories[path.text] = [:]
    set(path, to: .directory)
  }

  mutating func syncDirectory(_ directory: String) {
    guard let names = directories[directory] else { return }
    for name in names.keys { directories[directory]?[name]?.sync() }
    generation += 1
  }

  mutating func sync(_ file: Int) {
    if files[file].hasPending { generation += 1 }
    files[file].sync()
  }
}

/// A path, split once: `..` is resolved, as there are no links.
struct SimulatedPath: Sendable {
  let text: String
  /// The path of the directory that holds it.
  let directory: String
  let name: String

  init(_ path: String) {
    // Nearly all paths are plain, and are taken apart some hundred times a crash state.
    if path.utf8.first == 0x2F, !path.utf8.dropFirst().isEmpty, Self.isPlain(path.utf8),
      let slash = path.utf8.lastIndex(of: 0x2F)
    {
      text = path
      directory = String(path[..<slash])
      name = String(path[path.utf8.index(after: slash)...])
      return
    }
    var parts = [Substring]()
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    name = parts.last.map(String.init) ?? ""
    directory = parts.dropLast().map { "/" + $0 }.joined()
    text = parts.map { "/" + $0 }.joined()
  }

  /// No part is empty or begins with a dot.
  private static func isPlain(_ path: String.UTF8View) -> Bool {
    var followsSlash = false
    for byte in path {
      if followsSlash && (byte == 0x2F || byte == 0x2E) { return false }
      followsSlash = byte == 0x2F
    }
    return !followsSlash
  }

  var isRoot: Bool { name.isEmpty }
}
