import ArgumentParser
import Tallystick

/// A duration on the command line: `500ms`, `5s`, `15m`, `2h`, `7d`.
struct Milliseconds: CustomStringConvertible {
  var count: Int64

  init(_ count: Int64) { self.count = count }

  init(argument: String) throws {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let units: [Substring: Int64] = ["ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
    let unit = argument.dropFirst(digits.count)
    guard !digits.isEmpty, let scale = units[unit] ?? (digits.allSatisfy { $0 == "0" } && unit.isEmpty ? 1 : nil)
    else { throw ValidationError("write a duration as a whole number and a unit: 500ms, 5s, 15m, 2h, 7d") }
    guard let number = Int64(digits), case (let count, let overflow) = number.multipliedReportingOverflow(by: scale),
      !overflow, count <= Limits.maxQuantity
    else { throw ValidationError("a duration is at most \(Limits.maxQuantity)ms") }
    self.count = count
  }

  var description: String {
    for (unit, scale) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] as [(String, Int64)]
    where count != 0 && count % scale == 0 {
      return "\(count / scale)\(unit)"
    }
    return "\(count)ms"
  }
}
