import ArgumentParser
import Glibc

/// Makes the samples in `data/`. The same seed makes the same bytes, everywhere.
@main
struct TallyData: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tally-data",
    abstract: "Makes sample input for tally from a seed.",
    discussion: """
      Example:
        tally-data flash-sale --seed 7 --out data/flash-sale.jsonl
        tally-data shop-week --seed 7 --out data/shop-week.csv
        tally-data orders --rows 1000000 --arranged shuffled --out orders.csv
        tally-data orders --rows 1000000 --arranged shuffled --mapping --out map.json
        tally-data orders --rows 1000000 --commands --out orders.jsonl
      """,
    subcommands: [FlashSaleCommand.self, ShopWeekCommand.self, OrdersCommand.self])
}

struct FlashSaleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flash-sale", abstract: "A flash sale, as commands for tally append.")
  @OptionGroup var options: SampleOptions
  func run() throws { try options.write(FlashSale.text(seed: options.seed)) }
}

struct ShopWeekCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shop-week", abstract: "A week of a shop, as CSV for tally import.")
  @OptionGroup var options: SampleOptions
  func run() throws { try options.write(ShopWeek.text(seed: options.seed)) }
}

struct OrdersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orders", abstract: "A large file of orders, as CSV for tally import or as commands for tally append.")
  @Option(help: "Rows of the CSV.")
  var rows = 1_000_000
  @Option(help: "How the rows stand: sorted, newest-first, shuffled (whole orders), scattered (rows of orders apart).")
  var arranged = OrderFile.Arrangement.sorted
  @Flag(help: "The commands that an import of the sorted rows makes, instead.")
  var commands = false
  @Flag(help: "The mapping for the rows, instead.")
  var mapping = false
  @OptionGroup var options: SampleOptions

  func run() throws {
    if mapping { return try options.write(OrderFile.mapping(arranged)) }
    let file = OrderFile(seed: options.seed, rows: rows)
    try options.writing { write in
      if commands {
        try file.writeCommands(to: write)
      } else {
        try file.writeCSV(arranged, seed: options.seed, to: write)
      }
    }
  }
}

extension OrderFile.Arrangement: ExpressibleByArgument {}

struct SampleOptions: ParsableArguments {
  @Option(help: "Where chance begins.")
  var seed: UInt64 = 7

  @Option(help: ArgumentHelp("The file to write (default: standard output).", valueName: "file"))
  var out: String?

  func write(_ text: String) throws { try writing { try $0(text) } }

  /// Opens the file, and writes what the body hands over, piece by piece.
  func writing(_ body: ((String) throws -> Void) throws -> Void) throws {
    let descriptor = out.map { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) } ?? STDOUT_FILENO
    guard descriptor >= 0 else { throw failure() }
    try body { try write(Array($0.utf8), to: descriptor) }
    guard close(descriptor) == 0 else { throw failure() }
  }

  private func write(_ bytes: [UInt8], to descriptor: Int32) throws {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      done += count
    }
  }

  private func failure() -> any Error {
    let message = "tally-data: cannot write \(out ?? "standard output"): \(String(cString: strerror(errno)))\n"
    _ = message.utf8.withContiguousStorageIfAvailable { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    return ExitCode(74)
  }
}
