import ArgumentParser
import Tallystick

struct ExtendCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "extend",
    abstract: "Move the time at which a hold expires, from now on.",
    discussion: """
      The hold keeps its id and its place. A hold that has expired cannot be
      extended.

      Example:
        tally extend order-1 --ttl 30m
        tally extend order-2 --ttl none
      """)

  @Argument(help: "The reservation's id.")
  var id: String

  @Option(help: ArgumentHelp("From now on: 500ms, 5s, 15m, 2h, 7d; none: it never expires.", valueName: "time|none"))
  var ttl: String

  @OptionGroup var keyOption: KeyOption
  @OptionGroup var writing: WriteOptions
  @OptionGroup var shared: SharedOptions
  var idempotency: KeyOption? { keyOption }

  func operation() throws -> Operation {
    .extend(id: try Arguments.name(id, "reservation id"), timeToLive: try Arguments.timeToLive(ttl))
  }
}

extension Arguments {
  /// A time limit in milliseconds; `nil`: `none`.
  static func timeToLive(_ text: String) throws -> Int64? {
    if text == "none" { return nil }
    let count: Int64
    do { count = try Milliseconds(argument: text).count } catch {
      throw CommandFailure.usage(
        "--ttl \(quote(text)): write a duration as a whole number and a unit (500ms, 5s, 15m, 2h, 7d), or none")
    }
    if Form.flaw(of: count, in: Form.timesToLive, "--ttl") != nil {
      throw CommandFailure.usage("--ttl must be at least 1ms; none is for no limit")
    }
    return count
  }
}
