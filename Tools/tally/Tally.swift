import ArgumentParser
import Glibc
import TallyProcess
import Tallystick

/// The command line: each subcommand is a small struct in its own file.
@main
struct Tally: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tally",
    abstract: "An append-only inventory log that cannot oversell.",
    discussion: """
      Example:
        export TALLY_LOG=shop.tally
        tally init
        tally receive tea=100 cup@berlin=20
        tally reserve order-1 tea=2 --ttl 15m
        tally commit order-1
        tally stock

      Exit codes: 0 done or repeated, 1 rejected (or a repeated reserve that
      holds nothing any more), 64 usage, 65 bad input or a
      damaged log, 74 input/output error, 75 the log is in use.
      """,
    groupedSubcommands: [
      CommandGroup(
        name: "Stock and reservations",
        subcommands: [
          ReceiveCommand.self, ReserveCommand.self, ReopenCommand.self, ExtendCommand.self, AmendCommand.self,
          CommitCommand.self, ReleaseCommand.self, ReturnCommand.self, AdjustCommand.self, TransferCommand.self,
          LimitCommand.self,
          FloorCommand.self, RecipeCommand.self, PreferCommand.self, RegisterCommand.self, ExpireCommand.self,
        ]),
      CommandGroup(name: "Bulk", subcommands: [AppendCommand.self, ImportCommand.self, ExportCommand.self]),
      CommandGroup(
        name: "Questions",
        subcommands: [
          StockCommand.self, ShowCommand.self, HoldsCommand.self, QueueCommand.self, EventsCommand.self,
        ]),
      CommandGroup(
        name: "Consumers of events",
        subcommands: [ConsumersCommand.self, ConsumeCommand.self, AcknowledgeCommand.self, ForgetCommand.self]),
      CommandGroup(
        name: "Proofs for outsiders",
        subcommands: [
          KeyCommand.self, CheckpointCommand.self, ProveCommand.self, TilesCommand.self, WitnessCommand.self,
        ]),
      CommandGroup(name: "A server", subcommands: [ServeCommand.self, UserCommand.self]),
      CommandGroup(
        name: "The log itself",
        subcommands: [
          InitCommand.self, InfoCommand.self, SnapshotCommand.self, RepairCommand.self, BackupCommand.self,
        ]),
    ])

  static var commandNames: [String] {
    configuration.groupedSubcommands.flatMap { $0.subcommands }.compactMap { $0.configuration.commandName }
  }

  static func main() {
    ProcessStart.prepare()
    FreedMemory.keep()
    do {
      try RawArguments.check()
      var command = try parseAsRoot(RawArguments.complete)
      try command.run()
    } catch {
      // Help that was asked for is no failure.
      if exitCode(for: error).isSuccess { exit(withError: error) }
      let failure = CommandFailure(error) ?? .usage(RawArguments.explain(message(for: error)))
      if let message = failure.message { StandardError.print(message) }
      Glibc.exit(failure.code.rawValue)
    }
  }
}
