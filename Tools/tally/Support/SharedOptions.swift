import ArgumentParser
import Glibc
import TallyJetStream
import Tallystick

/// What every command takes.
struct SharedOptions: ParsableArguments {
  @Option(
    name: .customLong("log"),
    help: "The log: a directory, or nats://HOST:4222/NAME (default: the environment's TALLY_LOG).")
  var directory: String?

  @Flag(help: "Answer with one JSON object, or JSON Lines, on standard output.")
  var json = false

  /// The log's directory, for what works on files only.
  ///
  /// - Throws: a usage failure if the log is a stream.
  var path: String {
    get throws {
      let name = try name
      if StreamAddress.isOne(name) {
        throw CommandFailure.usage(
          "this works on a directory only, and the log is a stream; `tally backup DIR` copies it into one")
      }
      return name
    }
  }

  /// What names the log, as it was said.
  var name: String {
    get throws {
      if let directory {
        if directory.isEmpty { throw CommandFailure.usage("--log is empty; name the log's directory") }
        return directory
      }
      if let variable = getenv("TALLY_LOG"), variable.pointee != 0 { return String(cString: variable) }
      throw CommandFailure.usage("no log is named; use --log DIR or set TALLY_LOG")
    }
  }

  /// The log for questions: takes no lock.
  func reader() throws -> LogReader {
    try LogPlace(try name).reader { StandardError.print("warning: \($0)") }
  }
}

/// How long to wait for the log.
struct WaitOption: ParsableArguments {
  @Option(
    name: .customLong("wait"),
    help: "How long to wait for another writer to finish, or for a server's answer: 500ms, 5s, 2m.",
    transform: Milliseconds.init(argument:))
  var wait = Milliseconds(5_000)

  /// The log for writing: takes the lock.
  func open(_ shared: SharedOptions) throws -> TallyLog {
    let place = try LogPlace(try shared.name)
    if case .directory(let path) = place { try Shards.refusePart(path) }
    return try place.open(options)
  }
}

extension WaitOption {
  var options: LogOptions {
    var options = LogOptions()
    options.lockWait = .milliseconds(wait.count)
    options.warn = { StandardError.print("warning: \($0)") }
    return options
  }
}

/// What every command that writes takes.
struct WriteOptions: ParsableArguments {
  @OptionGroup var waiting: WaitOption
  @OptionGroup var server: ServerOption

  @Option(
    name: .customLong("expect-seq"),
    help: "Do it only if nothing has changed the items it names since this sequence number.")
  var expectedSequence: UInt64?
}

/// For commands that have no id of their own.
struct KeyOption: ParsableArguments {
  @Option(help: "An idempotency key (1 to 64 bytes): a retry with the same key happens once.")
  var key: String?
}
