/// Why bytes are no command, in words for people: which field, what is wrong with it, what is allowed.
public struct InvalidCommand: Error, Equatable, Sendable, CustomStringConvertible {
  public let message: String
  public init(_ message: String) { self.message = message }
  public var description: String { message }
}
