/// A promise of the log that did not hold in a simulated world.
public struct BrokenPromise: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
