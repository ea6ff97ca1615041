/// What a simulation went through.
public struct SimulationCounts: Sendable, Equatable {
  public var seeds = 0
  /// Distinct surviving sets from each of which the log was recovered, audited and held to its clients' records.
  public var crashStates = 0
  public var faults = 0
  /// Commands that were answered.
  public var answers = 0

  public init() {}

  public static func += (a: inout SimulationCounts, b: SimulationCounts) {
    a.seeds += b.seeds
    a.crashStates += b.crashStates
    a.faults += b.faults
    a.answers += b.answers
  }
}
