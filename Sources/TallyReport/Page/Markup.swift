import TallyText

/// Text in HTML, in an attribute as well as between tags. SKUs and ids are other people's words: control characters are
/// spelt out, and so is what nobody sees, which makes two names look like one, or turns the direction of what comes
/// after.
package func escaped(_ text: String) -> String {
  var out = ""
  for scalar in text.printable.unicodeScalars {
    switch scalar {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    case "\"": out += "&quot;"
    case "'": out += "&#39;"
    case _ where scalar.isUnseen: out += "\\u{\(String(scalar.value, radix: 16))}"
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out
}

extension Unicode.Scalar {
  /// Nothing, or a line's end, stands where it is: it joins, parts, marks or turns what is beside it.
  fileprivate var isUnseen: Bool {
    if isASCII { return false }
    return switch properties.generalCategory {
    case .format, .lineSeparator, .paragraphSeparator: true
    default: properties.isDefaultIgnorableCodePoint
    }
  }
}

/// A table with a caption, heads that say what they head, and rows that a telephone shows one below the other.
struct Table {
  enum Cell {
    case text(String)
    case number(String)
    /// A time or one word, which no line is broken in.
    case word(String)
    /// And smaller, below it.
    case pair(String, String)
    /// A word of the program's own, monospaced, which no line is broken in.
    case term(String)
    /// Monospaced: hashes, commands, ids.
    case code(String)
    /// A bar as long as the share of the longest.
    case bar(Double, style: String)
  }

  let caption: String
  let heads: [String]
  /// The first cell of each is what the row is about.
  let rows: [[Cell]]
  /// Rows that there are besides.
  var others = 0
  var othersWords = "more"

  var html: String {
    var out = "<table class=\"\(heads.count > 2 ? "cards" : "pairs")\">\n<caption>\(escaped(caption))</caption>\n"
    let isNumber = heads.indices.map { index in rows.contains { if case .number = $0[index] { true } else { false } } }
    out += "<thead><tr>"
    for (index, head) in heads.enumerated() {
      out += "<th scope=\"col\"\(isNumber[index] ? " class=\"number\"" : "")>\(escaped(head))</th>"
    }
    out += "</tr></thead>\n<tbody>\n"
    for row in rows {
      out += "<tr>"
      for (index, cell) in row.enumerated() { out += html(of: cell, index) }
      out += "</tr>\n"
    }
    out += "</tbody>\n</table>\n"
    if others > 0 { out += "<p class=\"note\">And \(grouped(others)) \(escaped(othersWords)).</p>\n" }
    return out
  }

  private func html(of cell: Cell, _ index: Int) -> String {
    let (tag, scope) = index == 0 ? ("th", " scope=\"row\"") : ("td", "")
    let label = heads.count > 2 && index > 0 ? " data-label=\"\(escaped(heads[index]))\"" : ""
    switch cell {
    case .text(let text): return "<\(tag)\(scope)\(label)>\(escaped(text))</\(tag)>"
    case .word(let text): return "<\(tag)\(scope)\(label) class=\"word\">\(escaped(text))</\(tag)>"
    case .pair(let text, let more):
      return
        "<\(tag)\(scope)\(label) class=\"word\"><span>\(escaped(text))<small>\(escaped(more))</small></span></\(tag)>"
    case .number(let text): return "<\(tag)\(scope)\(label) class=\"number\">\(escaped(text))</\(tag)>"
    case .term(let text): return "<\(tag)\(scope)\(label) class=\"word\"><code>\(escaped(text))</code></\(tag)>"
    case .code(let text): return "<\(tag)\(scope)\(label)><code>\(escaped(text))</code></\(tag)>"
    case .bar(let share, let style):
      return
        "<\(tag)\(scope) class=\"bar\"><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
        + "<rect class=\"column \(style)\" width=\"\(tenths(min(max(share, 0), 1) * 100))\" height=\"10\"/></svg></\(tag)>"
    }
  }
}

/// A chart with its legend and words below.
func figure(_ chart: String, legend: String = "", title: String = "", caption: String) -> String {
  let head = title.isEmpty ? "" : "<h3>\(escaped(title))</h3>\n"
  return "<figure>\n\(head)\(legend)\n\(chart)\n<figcaption>\(escaped(caption))</figcaption>\n</figure>\n"
}

/// A part of the page.
func section(_ id: String, _ title: String, _ parts: String...) -> String {
  "<section id=\"\(id)\" aria-labelledby=\"\(id)-title\">\n<h2 id=\"\(id)-title\">\(escaped(title))</h2>\n"
    + parts.joined() + "</section>\n"
}

func paragraph(_ text: String, style: String = "") -> String {
  text.isEmpty ? "" : "<p\(style.isEmpty ? "" : " class=\"\(style)\"")>\(escaped(text))</p>\n"
}
