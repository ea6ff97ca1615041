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
      """,
    subcommands: [FlashSaleCommand.self, ShopWeekCommand.self])
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

struct SampleOptions: ParsableArguments {
  @Option(help: "Where chance begins.")
  var seed: UInt64 = 7

  @Option(help: ArgumentHelp("The file to write (default: standard output).", valueName: "file"))
  var out: String?

  func write(_ text: String) throws {
    let descriptor = out.map { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) } ?? STDOUT_FILENO
    guard descriptor >= 0 else { throw failure() }
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      done += count
    }
    guard close(descriptor) == 0 else { throw failure() }
  }

  private func failure() -> any Error {
    let message = "tally-data: cannot write \(out ?? "standard output"): \(String(cString: strerror(errno)))\n"
    _ = message.utf8.withContiguousStorageIfAvailable { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    return ExitCode(74)
  }
}
