import Foundation
import TallyTestSupport
import Testing

/// A sealed segment in the hands of LZ4 readers that others made: the table of the article `SealedSegments` is this one's.
///
/// Readers that are not installed are passed over: `Tools/setup-clients` installs them, but for a JDK.
@Suite("A sealed segment, read by LZ4 readers of others", .timeLimit(.minutes(60)))
struct SealedSegmentTests {
  /// What comes of it.
  enum Outcome: Sendable {
    /// All payloads, back to back.
    case whole
    /// Those of the first frame, and no error.
    case firstFrame
    /// Nothing, and no error.
    case nothing
    /// An error.
    case refused
  }

  struct Reader: CustomTestStringConvertible, Sendable {
    var name: String
    /// What must be there, as a shell says it.
    var needs: String
    /// In a shell, with `$file`, `$readers` and `$python`.
    var command: String
    var outcome: Outcome
    var testDescription: String { name }

    var isInstalled: Bool { SealedSegmentTests.shell("\(needs)", file: "")?.status == 0 }

    static func python(_ name: String, _ function: String, _ module: String, _ outcome: Outcome) -> Reader {
      Reader(
        name: name, needs: "$python -c 'import \(module)'",
        command: "$python -B $readers/readers.py \(function) $file", outcome: outcome)
    }

    static func java(_ name: String, _ jar: String, _ reader: String, _ outcome: Outcome) -> Reader {
      Reader(
        name: name, needs: "command -v javac && test -e /usr/share/java/\(jar).jar",
        command: """
          java -cp /usr/share/java/lz4-java.jar:/usr/share/java/commons-compress.jar $readers/Reader.java \(reader) $file
          """, outcome: outcome)
    }
  }

  static let all: [Reader] = [
    Reader(name: "lz4", needs: "command -v lz4", command: "lz4 -dc $file", outcome: .whole),
    Reader(name: "lz4cat", needs: "command -v lz4cat", command: "lz4cat $file", outcome: .whole),
    Reader(
      name: "zstd", needs: "command -v zstd && printf x | lz4 -c | zstd -dc", command: "zstd -dc $file", outcome: .whole
    ),
    .python("lz4.frame.open", "lz4_open", "lz4.frame", .whole),
    .python("lz4.frame.decompress", "lz4_decompress", "lz4.frame", .nothing),
    .python("pyarrow", "pyarrow", "pyarrow", .whole),
    .python("cramjam", "cramjam", "cramjam", .whole),
    .python("imagecodecs", "imagecodecs", "imagecodecs", .nothing),
    .java("lz4-java", "lz4-java", "lz4-java", .whole),
    .java("lz4-java, one frame", "lz4-java", "lz4-java-single", .firstFrame),
    .java("commons-compress, concatenated", "commons-compress", "commons-compress-concatenated", .whole),
    .java("commons-compress", "commons-compress", "commons-compress", .firstFrame),
    Reader(
      name: "pierrec/lz4", needs: "command -v go && test -d /usr/share/gocode/src/github.com/pierrec/lz4",
      command: "GO111MODULE=off GOPATH=/usr/share/gocode go run $readers/reader.go $file", outcome: .whole),
    Reader(name: "libarchive", needs: "command -v bsdcat", command: "bsdcat $file", outcome: .refused),
  ]

  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

  /// Runs a command, and gives its output's bytes in hexadecimal: they are no text.
  static func shell(_ command: String, file: String) -> RunningProgram.Ended? {
    let setup = "readers='\(root)/Tests/ToolsTests/Readers' python='\(root)/.build/clients/bin/python3' file='\(file)'"
    return RunningProgram(["bash", "-c", "set -o pipefail; \(setup); { \(command); } | od -An -v -tx1"])?.finish()
  }

  /// A segment of several frames that is sealed, and what its frames hold, in hexadecimal.
  private struct Segment {
    let tally = Tool.onNewLog("--segment-size", "64KiB")
    let whole: [Substring]
    let first: [Substring]

    init() throws {
      for round in 0..<12 {
        let orders = (0..<200).map { Lines.reserve("\(UUID().uuidString)-\(round)-\($0)") }
        #expect(tally("append", input: Lines.receive(1_000, key: "k-\(round)") + orders.joined()).status == 0)
      }
      let segments = try FileManager.default.contentsOfDirectory(atPath: tally.log + "/segments")
      #expect(segments.count > 1, "no segment is sealed")
      let all = try #require(SealedSegmentTests.shell("lz4 -dc $file", file: tally.firstSegment))
      whole = all.output.split(whereSeparator: \.isWhitespace)
      // A payload begins with how many bytes come after that, seven bits a byte; see the format document.
      let bytes = whole.prefix(5).compactMap { Int($0, radix: 16) }
      let size = (bytes.firstIndex { $0 < 0x80 } ?? 0) + 1
      let length = bytes.prefix(size).reversed().reduce(0) { $0 << 7 | $1 & 0x7F }
      #expect(whole.count > 3 * length && length > 1_000, "several frames of several events")
      first = Array(whole.prefix(size + length))
    }
  }

  @Test("gives each what the table says", .enabled(if: all[0].isInstalled, "run Tools/setup-clients"))
  func table() throws {
    let segment = try Segment()
    for reader in SealedSegmentTests.all {
      guard reader.isInstalled else {
        print("passed over, as it is not installed: \(reader.name)")
        continue
      }
      let read = try #require(SealedSegmentTests.shell(reader.command, file: segment.tally.firstSegment))
      let output = read.output.split(whereSeparator: \.isWhitespace)
      let comment: Comment =
        "\(reader.name): \(output.count) of \(segment.whole.count) bytes, \(read.status) \(read.errors)"
      switch reader.outcome {
      case .whole: #expect(read.status == 0 && output == segment.whole, comment)
      case .firstFrame: #expect(read.status == 0 && output == segment.first, comment)
      case .nothing: #expect(read.status == 0 && output.isEmpty, comment)
      case .refused: #expect(read.status != 0 && output.isEmpty, comment)
      }
    }
  }
}
