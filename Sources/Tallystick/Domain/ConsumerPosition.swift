/// How far a named consumer of the log has come.
public struct ConsumerPosition: Equatable, Sendable {
  /// Its name.
  public var name: Name
  /// The last event that it has handled, by what it acknowledged; 0: none yet.
  public var position: UInt64
  /// The event that said so.
  public var sequence: UInt64
  /// Events behind the position, up to the last one that consumers are told of: 0 if there is nothing to do. Some of
  /// them may be acknowledgements, which they are not told of.
  public var lag: UInt64

  /// The log makes these; public for what stands in for a log in tests.
  public init(name: Name, position: UInt64, sequence: UInt64, lag: UInt64) {
    self.name = name
    self.position = position
    self.sequence = sequence
    self.lag = lag
  }
}
