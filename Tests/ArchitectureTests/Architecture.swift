/// What knows what: targets by name, each with the modules it may import.
struct Architecture {
  /// In the order of their source.
  var targets: [(name: String, arrows: Set<String>)] = []

  subscript(name: String) -> Set<String>? { targets.first { $0.name == name }?.arrows }

  /// The arrows of the page's picture: lines of its first code block that have one.
  init(page: String) {
    var isInBlock = false
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if isInBlock { return }
        isInBlock = true
      } else if isInBlock, let arrow = line.firstIndex(of: "→") {
        let names = line[line.index(after: arrow)...].split(separator: " ").map { String($0) }
        targets.append((line[..<arrow].split(separator: " ").joined(), Set(names)))
      }
    }
  }

  /// The targets of a package's manifest that are neither tests nor the system's libraries.
  init(manifest: String) {
    for kind in [".target(", ".executableTarget("] {
      for piece in manifest.pieces(after: kind) {
        guard let name = piece.quoted(after: "name:").first else { continue }
        let products = Set(piece.pieces(after: ".product(").flatMap { $0.quoted(after: "package:").prefix(1) })
        let listed = piece.firstRange(of: "dependencies: [").map { String(piece[$0.upperBound...]).upToBracket } ?? ""
        let traits = Set(piece.pieces(after: ".when(").flatMap { $0.quoted(after: "traits:").prefix(1) })
        targets.append((name, Set(listed.allQuoted).subtracting(products).subtracting(traits)))
      }
    }
  }
}

extension String {
  /// What stands between each `opening` and the parenthesis that closes it.
  fileprivate func pieces(after opening: String) -> [String] {
    ranges(of: opening).map { range in
      var depth = 1
      return String(
        self[range.upperBound...].prefix { character in
          if character == "(" { depth += 1 }
          if character == ")" { depth -= 1 }
          return depth > 0
        })
    }
  }

  fileprivate var upToBracket: String { String(prefix { $0 != "]" }) }

  fileprivate var allQuoted: [String] {
    split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
      String($0.element)
    }
  }

  /// The quoted strings after `label`.
  fileprivate func quoted(after label: String) -> [String] {
    guard let range = firstRange(of: label) else { return [] }
    return String(self[range.upperBound...]).allQuoted
  }

  /// The modules that a source file imports.
  var importedModules: [String] {
    split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").drop {
        $0.hasPrefix("@") || ["package", "public", "internal", "private", "fileprivate"].contains($0)
      }
      guard words.first == "import", words.count > 1 else { return nil }
      return words.last?.split(separator: ".").first.map { String($0) }
    }
  }
}
