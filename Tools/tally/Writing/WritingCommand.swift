import ArgumentParser
import Tallystick

/// A command that asks the log for one thing, prints the answer and ends.
protocol WritingCommand: ParsableCommand {
  var shared: SharedOptions { get }
  var writing: WriteOptions { get }
  /// `nil` where an id is the key.
  var idempotency: KeyOption? { get }
  /// What the arguments ask for.
  func operation() throws -> Operation
}

extension WritingCommand {
  func run() throws {
    // Arguments are judged before the log is touched.
    let command = Command(
      try operation(), key: try idempotency?.key.map { try Arguments.name($0, "key") },
      expectedSequence: writing.expectedSequence)
    let target = try writing.waiting.target(writing.server, shared)
    defer { target.end(givesUpSnapshot: false) }
    try Answer.give(target.take(command), to: command, json: shared.json)
  }
}
