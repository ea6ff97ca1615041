import Glibc
import TallyText

/// Prints figures: a table for people, or JSON Lines.
struct Report {
  let asJSON: Bool

  init(asJSON: Bool) {
    self.asJSON = asJSON
    if !asJSON { print("figure                          value  unit             ratio  reference") }
  }

  func add(_ figure: Figure, of benchmark: Benchmark) {
    if asJSON {
      print(json(figure, of: benchmark))
    } else {
      let name = padded(benchmark.name, 22)
      let value = String(repeating: " ", count: max(0, 14 - grouped(figure.value).count)) + grouped(figure.value)
      let ratio = figure.ratio.map { number($0) } ?? ""
      print(name, value, "", padded(figure.unit, 15), padded(ratio, 7), figure.reference)
      print("  " + benchmark.summary + "; " + figure.detail.map { "\($0.0) \($0.1)" }.joined(separator: ", "))
    }
    fflush(nil)
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
  private func json(_ figure: Figure, of benchmark: Benchmark) -> String {
    var line = JSONWriter()
    line.object {
      $0.field("name", benchmark.name)
      $0.key("value")
      $0.number(written: number(figure.value))
      $0.field("unit", figure.unit)
      $0.field("reference", figure.reference)
      if let ratio = figure.ratio {
        $0.key("ratio")
        $0.number(written: number(ratio))
      } else {
        $0.nullField("ratio")
      }
      $0.key("detail")
      $0.object {
        for (name, value) in figure.detail {
          $0.key(text: name)
          $0.string(value.utf8)
        }
      }
    }
    return line.text
  }
}

/// Whole from a hundred on, two places below, four below a tenth.
func number(_ value: Double) -> String {
  // What costs nothing costs less than nothing now and then.
  if value < 0 { return "-" + number(-value) }
  if value >= 100 || value == value.rounded() { return String(Int(value.rounded())) }
  let places = value < 0.1 ? 4 : 2
  let scale = places == 4 ? 10_000 : 100
  let scaled = Int((value * Double(scale)).rounded())
  let rest = String(scaled % scale)
  return "\(scaled / scale)." + String(repeating: "0", count: places - rest.count) + rest
}

func grouped(_ value: Double) -> String {
  guard value >= 1000 else { return number(value) }
  var digits = Array(String(Int(value.rounded())))
  var index = digits.count - 3
  while index > 0 {
    digits.insert(",", at: index)
    index -= 3
  }
  return String(digits)
}

enum Terminal {
  static func warn(_ text: String) {
    var line = "tally-bench: \(text)\n"
    line.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
  }
}
