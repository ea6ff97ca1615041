/// Unix milliseconds that move only when the simulation says so, in either direction.
final class SimulatedClock: @unchecked Sendable {
  // One simulation is one thread's.
  var now: Int64 = 1_750_000_000_000
}
