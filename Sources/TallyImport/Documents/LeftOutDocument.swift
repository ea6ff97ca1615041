import Tallystick

/// A document of which a row cannot be read: none of it is imported.
struct LeftOutDocument {
  let number: Name
  /// The first that could be read.
  let line: Int
  let flawedLine: Int
  /// That could be read.
  var rows = 0

  var reason: String { "line \(flawedLine) of its document cannot be read" }

  var problem: ImportProblem {
    let what = rows == 1 ? "1 row of it could be read" : "\(rows) rows of it could be read"
    return ImportProblem(
      kind: .malformed, reason: "another row of the document cannot be read", rows: rows, line: line,
      message:
        "document \(number) is left out whole: \(what), line \(flawedLine) could not; correct it and import again")
  }
}
