import Glibc
import TallyFuzz

// Built for libFuzzer by `Tools/fuzz`, which defines FUZZING and links its runtime: then this program is a fuzzer of the
// target that TALLY_FUZZ_TARGET names. Built as usual, it runs targets over files and writes the corpora.

@main
enum Fuzzer {
  static func main() {
    #if FUZZING
      fuzz()
    #else
      exit(run(Array(CommandLine.arguments.dropFirst())))
    #endif
  }

  static func target(_ name: String?) -> FuzzTarget {
    if let target = name.flatMap(FuzzTarget.init) { return target }
    fail("which target? one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))", 64)
  }

  /// A line on standard error.
  static func say(_ message: String) {
    var line = message + "\n"
    line.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
  }

  static func fail(_ message: String, _ code: Int32) -> Never {
    say("tally-fuzz: \(message)")
    exit(code)
  }
}

#if FUZZING
  @_silgen_name("LLVMFuzzerRunDriver")
  func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
  ) -> CInt

  private let fuzzed = Fuzzer.target(getenv("TALLY_FUZZ_TARGET").map { String(cString: $0) })

  extension Fuzzer {
    static func fuzz() {
      var count = CommandLine.argc
      var arguments = CommandLine.unsafeArgv
      exit(
        runDriver(&count, &arguments) { bytes, count in
          let input = Array(UnsafeBufferPointer(start: bytes, count: count))
          if let broken = fuzzed.run(input) {
            Fuzzer.say("broken promise: \(broken)")
            abort()
          }
          return 0
        })
    }
  }
#else
  extension Fuzzer {
    /// `--corpus DIR`: writes the seeds. `TARGET FILE…`: runs the target over the files.
    static func run(_ arguments: [String]) -> Int32 {
      if arguments.first == "--corpus", arguments.count == 2 {
        writeCorpus(arguments[1])
        return 0
      }
      let target = target(arguments.first)
      var code: Int32 = 0
      for path in arguments.dropFirst() {
        guard let bytes = read(path) else { fail("cannot read \(path)", 74) }
        guard let broken = target.run(bytes) else { continue }
        say("\(path): broken promise: \(broken)")
        code = 1
      }
      return code
    }

    private static func writeCorpus(_ directory: String) {
      for target in FuzzTarget.allCases {
        mkdir("\(directory)/\(target.rawValue)", 0o755)
        for (number, bytes) in target.seeds.enumerated() {
          guard let file = fopen("\(directory)/\(target.rawValue)/seed-\(number)", "w") else { continue }
          fwrite(bytes, 1, bytes.count, file)
          fclose(file)
        }
      }
    }

    private static func read(_ path: String) -> [UInt8]? {
      guard let file = fopen(path, "r") else { return nil }
      defer { fclose(file) }
      var bytes = [UInt8]()
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
        bytes.append(contentsOf: buffer[..<count])
      }
      return bytes
    }
  }
#endif
