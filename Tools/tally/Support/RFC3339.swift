import ArgumentParser
import TallyText
import Tallystick

/// A time on the command line, as in `2026-01-31T23:59:59Z`.
struct RFC3339 {
  /// Unix milliseconds.
  var milliseconds: Int64

  init(argument: String) throws {
    guard let milliseconds = Timestamp.milliseconds(argument), Form.times.contains(milliseconds) else {
      throw ValidationError("write a time as in 2026-01-31T23:59:59Z (RFC 3339)")
    }
    self.milliseconds = milliseconds
  }
}
