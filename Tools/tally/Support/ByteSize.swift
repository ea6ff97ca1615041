import ArgumentParser

/// A size on the command line: `65536`, `64KiB`, `64MiB`, `1GiB`.
struct ByteSize: CustomStringConvertible {
  var bytes: Int

  init(_ bytes: Int) { self.bytes = bytes }

  init(argument: String) throws {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let units: [Substring: Int] = ["": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]
    guard let number = Int(digits), let scale = units[argument.dropFirst(digits.count)],
      case (let bytes, let overflow) = number.multipliedReportingOverflow(by: scale), !overflow
    else { throw ValidationError("write a size as a whole number and a unit: 512KiB, 64MiB, 1GiB") }
    self.bytes = bytes
  }

  var description: String {
    for (unit, scale) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
    where bytes != 0 && bytes % scale == 0 {
      return "\(bytes / scale)\(unit)"
    }
    return "\(bytes)"
  }

  /// Rounded, for tables.
  var rounded: String {
    for (unit, scale) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes >= scale {
      // Not `bytes * 10`: a sparse file can be larger than that has bits for.
      let tenths = bytes / scale * 10 + (bytes % scale * 10 + scale / 2) / scale
      return "\(tenths / 10).\(tenths % 10) \(unit)"
    }
    return "\(bytes) B"
  }
}
