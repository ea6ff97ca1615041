/// Why a text is not the JSON that was expected, in words for people: what is wrong, and where.
@usableFromInline
package struct JSONFlaw: Error, Equatable, Sendable {
  /// Without the place.
  package var what: String
  /// The byte where it was found, from 0; `nil` if it is about a whole value.
  package var offset: Int?
  /// The text ends in the middle, ``offset`` bytes long.
  package private(set) var isCutOff = false

  package init(_ what: String, at offset: Int? = nil) {
    self.what = what
    self.offset = offset
  }

  package static func cutOff(at end: Int) -> JSONFlaw {
    var flaw = JSONFlaw("its JSON is cut off", at: end)
    flaw.isCutOff = true
    return flaw
  }

  /// For a text that is a line of JSON Lines: the place is its column, in bytes from 1.
  package var inLine: String {
    if isCutOff { return "the line ends in the middle: \(what)" }
    return offset.map { "column \($0 + 1): \(what)" } ?? what
  }

  /// For a text that is a file: the place is its line.
  package func inFile(_ bytes: [UInt8]) -> String {
    let what = isCutOff ? "the file ends in the middle: \(what)" : what
    return offset.map { "line \(bytes.prefix($0).count { $0 == 0x0A } + 1): \(what)" } ?? what
  }

  /// The same, with the part of the text where it happened before it.
  package func within(_ place: String) -> JSONFlaw { JSONFlaw("\(place): \(inLine)") }
}
