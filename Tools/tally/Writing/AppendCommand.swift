import ArgumentParser
import Glibc
import Tallystick

struct AppendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "append",
    abstract: "Bulk: commands in JSON Lines in, an answer for each out.",
    discussion: """
      Each answer is a line of JSON, written as soon as its command is on stable
      storage, without waiting for more input. Running an interrupted load again
      continues it: what has an id or a key happens once.

      Example:
        echo '{"op":"receive","lines":[{"sku":"tea","qty":100}],"key":"po-7"}' | tally append
        tally append orders.jsonl > answers.jsonl
        tally append orders.jsonl --server http://127.0.0.1:6391
      """)

  @Argument(help: ArgumentHelp("The commands; - is standard input.", valueName: "file"))
  var file = "-"

  @Flag(help: "Stop at the first line that is no valid command.")
  var stopOnError = false

  @OptionGroup var customers: PseudonymOption
  @OptionGroup var waiting: WaitOption
  @OptionGroup var server: ServerOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    let customers = try customers.checked()
    let input = try LineReader(path: file)
    let target = try waiting.target(server, shared)
    defer { target.end(givesUpSnapshot: false) }
    Interrupt.listen()
    let load = BulkLoad(input: input, target: target, stopsOnError: stopOnError, customers: customers)
    try load.run()
    target.end(givesUpSnapshot: Interrupt.isRequested)
    try load.report()
  }
}
