/// Why bytes are no command: nothing after them can be understood, so the connection ends.
package struct WireFlaw: Error, Equatable, Sendable, CustomStringConvertible {
  /// As clients know it from Redis: `invalid multibulk length`.
  package let description: String

  init(_ description: String) { self.description = description }
}
