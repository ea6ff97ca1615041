import Glibc
import Tallystick

/// Sells out a flash sale from many concurrent shoppers, with retries, time-outs and second thoughts mixed in, and shows
/// the stock falling to exactly zero. `Tools/demo` runs it and then lets the auditor have the last word.
@main
enum TallyDemo {
  static func main() async {
    FreedMemory.keep()
    guard CommandLine.arguments.count == 2 else {
      print("usage: tally-demo LOG    (Tools/demo calls it)")
      exit(64)
    }
    do {
      try await Sale(path: CommandLine.arguments[1]).run()
    } catch {
      var line = "tally-demo: \(error)\n"
      line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
      exit(1)
    }
  }
}

struct SaleFailed: Error, CustomStringConvertible {
  let description: String
}
