/// Why bytes are no command, in words for people: which field, what is wrong with it, what is allowed.
package struct InvalidCommand: Error, Equatable, Sendable, CustomStringConvertible {
  package let message: String
  package init(_ message: String) { self.message = message }
  package var description: String { message }
}
