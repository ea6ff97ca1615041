import Tallystick

/// How the logs of a simulation are made: small, so that segments, snapshots and indexes turn over all the time.
struct SimulationSettings: Sendable {
  var segmentSize = 4 << 10
  var snapshotEvery = 24
  var firstAllocation = 2 << 10
  var journalsRefusals = false

  static let log = LogID(bytes: Array("simulated log id".utf8))

  func options(_ files: SimulatedFileSystem) -> LogOptions {
    var options = LogOptions()
    options.files = files
    options.lockWait = .zero
    options.runsInline = true
    options.firstAllocation = firstAllocation
    options.expiresOnTimer = true
    options.clock = { [clock = files.clock] in clock.now }
    return options
  }

  /// Makes the log on an empty disk.
  func create(_ files: SimulatedFileSystem) throws {
    guard let log = Self.log else { return }
    try TallyLog.create(
      LogCheck.path,
      settings: LogSettings(
        segmentSize: segmentSize, snapshotEvery: snapshotEvery, journalsRefusals: journalsRefusals), log: log,
      options: options(files))
  }
}
