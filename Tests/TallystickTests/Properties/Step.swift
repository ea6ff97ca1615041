import TallyTestSupport
import Tallystick

/// One step of a random history. Times and expectations are relative to where the log stands, so that steps can be
/// dropped without making nonsense of the rest.
struct Step: CustomStringConvertible {
  enum Time {
    case clock
    case afterLast(Int64)
    case afterClock(Int64)
  }
  var operation: Operation
  var key: Name?
  var time = Time.clock
  /// How many events before the last one.
  var expectedBack: Int64?
  /// The clock moves by this first.
  var tick: Int64 = 0
  /// As a row of bulk work, where that is possible.
  var asRow = false
  /// A frame ends after it.
  var endsFrame = false

  func command(clock: Int64, lastTime: Int64, lastSequence: UInt64) -> Command {
    let explicit: Int64? =
      switch time {
      case .clock: nil
      case .afterLast(let delta): max(0, lastTime + delta)
      case .afterClock(let delta): max(0, clock + delta)
      }
    let expected = expectedBack.map { UInt64(max(0, Int64(lastSequence) - $0)) }
    return Command(operation, key: key, time: explicit, expectedSequence: expected)
  }

  var description: String {
    var text = "\(operation)"
    if let key { text += " key \(key)" }
    switch time {
    case .clock: break
    case .afterLast(let delta): text += " at last\(delta < 0 ? "" : "+")\(delta)"
    case .afterClock(let delta): text += " at clock\(delta < 0 ? "" : "+")\(delta)"
    }
    if let expectedBack { text += " expecting last-\(expectedBack)" }
    if tick != 0 { text += " after \(tick) ms" }
    if asRow { text += " as a row" }
    return text
  }
}
