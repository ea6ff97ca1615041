import Glibc
import Tallystick

/// Appends reservations to a log until it is killed, and prints `<id> <sequence number>` for each that is acknowledged:
/// the victim of the kill test.
@main
enum CrashWriter {
  static func main() async {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let run = Int(arguments[2]) else {
      print("usage: tally-crash-writer LOG RUN")
      exit(64)
    }
    do {
      let log = try TallyLog(arguments[1])
      _ = log.append(Command(.receive([Line(sku: "tea", 1_000_000)])))
      await withTaskGroup(of: Void.self) { group in
        for caller in 0..<8 {
          group.addTask {
            for number in 0..<1_000_000 {
              let id = "run\(run)-\(caller)-\(number)"
              guard
                case .accepted(let acceptance) = await log.submit(
                  Command(.reserve(id: Name(id), [Line(sku: "tea", 1)], timeToLive: number % 5 == 0 ? 20 : nil)))
              else { return }
              // One write a line: a killed process leaves no half of one behind a whole one.
              var line = "\(id) \(acceptance.sequence)\n"
              line.withUTF8 { _ = write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            }
          }
        }
      }
      log.close()
    } catch {
      print("error: \(error)")
      exit(74)
    }
  }
}
