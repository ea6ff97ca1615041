import TallyFormat

/// Everything of Tallystick that reads bytes which somebody else may have written, one parser a case. The same functions
/// are driven by libFuzzer (`Tools/fuzz`) and, for a moment each, by the ordinary tests.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// The bytes after a segment's header: frames as they stand, their hashes unlikely.
  case segment
  /// Payloads, each put into a frame with a valid hash: the event decoder, both folds, a writer's recovery.
  case payload
  /// A snapshot file whose own check is made valid.
  case snapshot
  /// The canonical form of a state, in a valid snapshot file that fits the log.
  case state
  /// An index file whose checks are made valid.
  case index
  /// The floor file, with and without a valid check.
  case floor
  /// A line of JSON: a command.
  case command
  /// A CSV file, imported with a mapping of every column.
  case csv
  /// An import's mapping file.
  case mapping
  /// A time pattern, a line feed, and a time.
  case time
  /// What a client sends: commands in Redis's protocol, whole and in pieces.
  case wire

  /// Reads the bytes as a program would.
  ///
  /// - Returns: a broken promise, in words; `nil`: none. Anything worse than that (a trap, a hang, too much memory) is
  ///   for the caller's limits to see.
  public func run(_ bytes: [UInt8]) -> String? {
    switch self {
    case .segment: LogTargets.segment(bytes)
    case .payload: LogTargets.payloads(bytes)
    case .snapshot: DerivedFileTargets.snapshot(bytes)
    case .state: DerivedFileTargets.state(bytes)
    case .index: DerivedFileTargets.index(bytes)
    case .floor: DerivedFileTargets.floor(bytes)
    case .command: TextTargets.command(bytes)
    case .csv: TextTargets.csv(bytes)
    case .mapping: TextTargets.mapping(bytes)
    case .time: TextTargets.time(bytes)
    case .wire: WireTargets.stream(bytes)
    }
  }

  /// Inputs to begin with, made from an honest log and from samples: what the committed corpora were written from.
  public var seeds: [[UInt8]] {
    let honest = HonestLog.shared
    switch self {
    case .segment:
      let segment = honest.files.bytes(of: honest.directory.segment(1)) ?? []
      let used = segment.lastIndex { $0 != 0 } ?? 0
      return [Array(segment[Limits.segmentHeaderBytes..<max(used + 1, Limits.segmentHeaderBytes)])]
    case .payload:
      return honest.payloads.map { LogTargets.input([$0]) } + [LogTargets.input(honest.payloads)]
    case .snapshot: return honest.snapshot.map { [$0.encoded] } ?? []
    case .state: return honest.snapshot.map { [$0.state] } ?? []
    case .index: return honest.index.map { [$0.bytes] } ?? []
    case .floor:
      return [
        FloorFile(
          Floor(
            log: HonestLog.id,
            head: ChainHead(nextFrame: 7, lastSequence: honest.lastSequence, hash: .zero, epoch: 1), epoch: 1)
        ).encoded
      ]
    case .command: return TextTargets.commandSeeds.map { Array($0.utf8) }
    case .csv: return [Array(TextTargets.csvSeed.utf8)]
    case .mapping: return [Array(TextTargets.mappingSeed.utf8)]
    case .wire: return WireTargets.seeds
    case .time: return [Array("%Y-%m-%d %H:%M:%S.%L\n2026-01-02 03:04:05.678".utf8)]
    }
  }
}
