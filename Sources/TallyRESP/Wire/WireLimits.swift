import Tallystick

/// How much one command may take. A length in the stream never justifies more memory than this, whatever it says.
package struct WireLimits: Sendable {
  /// Words of a command: as many as the largest cart and its options have.
  package var maxWords = 2 * Limits.maxLinesPerEvent + 64
  /// Bytes of a word.
  package var maxWordBytes = 64 << 10
  /// Bytes of a command as it is sent: the largest cart of the longest names has less.
  package var maxCommandBytes = 1 << 20
  /// Bytes of a command that is a line of plain text.
  package var maxLineBytes = 64 << 10

  package init() {}
}
