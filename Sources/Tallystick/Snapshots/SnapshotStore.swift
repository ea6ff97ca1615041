/// The snapshots of a log, offline: list, check, rebuild. Needs no lock; a writer may be at work.
public struct SnapshotStore {
  private let stored: StoredLog
  private let warn: @Sendable (String) -> Void

  /// The snapshots of the log at `path`. Throws ``TallyError`` if there is no log.
  public init(
    _ path: String, files: any FileSystem = LocalFileSystem(), warn: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(TallyError) {
    do throws(LogError) { stored = try StoredLog(LocalStore(path, files: files)) } catch { throw .log(error) }
    self.warn = warn
  }

  /// Every snapshot and whether its bytes and its place in the log can be trusted.
  public func list() throws(TallyError) -> [SnapshotSummary] {
    let sequences: [UInt64]
    do throws(FileError) { sequences = try stored.directory.listSnapshots(stored.files) } catch { throw .file(error) }
    return sequences.map { summary($0) }
  }

  private func summary(_ sequence: UInt64) -> SnapshotSummary {
    let path = stored.directory.snapshot(sequence)
    var summary = SnapshotSummary(sequence: sequence, path: path, bytes: 0, stateDigest: nil, flaw: nil)
    do throws(SnapshotError) {
      do throws(FileError) {
        let file = try stored.files.open(path, .read)
        defer { file.close() }
        summary.bytes = try file.size()
      } catch {
        throw .file(error)
      }
      summary.stateDigest = try LoadedSnapshot(stored, sequence).state.digest
    } catch {
      summary.flaw = error.description
    }
    return summary
  }

  /// As ``list()``, and compares each with a fold of the log from its beginning.
  ///
  /// - Throws: ``TallyError/behindFloor(path:reason:)`` too, if the log ends before a snapshot: then it is the log that
  ///   cannot be trusted.
  public func check() throws(TallyError) -> [SnapshotSummary] {
    var summaries = try list()
    let replay = try Replay(State(), stored, from: nil, floor: try LogFloor(stored, warn: warn))
    for index in summaries.indices {
      guard let digest = summaries[index].stateDigest else { continue }
      try replay.advance(to: .sequence(summaries[index].sequence))
      if replay.state.lastSequence != summaries[index].sequence {
        summaries[index].flaw = "is of an event within a step, or beyond the log's end"
      } else if replay.state.digest != digest {
        summaries[index].flaw = "does not equal the fold of the log, whose state digest is \(replay.state.digest)"
      }
    }
    // Where the log lacks what it has acknowledged, nothing about its snapshots is worth saying.
    try replay.advance()
    return summaries
  }

  /// Makes a snapshot from the log: of its end, with the name index, or of the last whole step up to `sequence`.
  public func rebuild(at sequence: UInt64? = nil) throws(TallyError) -> SnapshotSummary {
    let maker = SnapshotMaker(stored: stored, warn: warn)
    if let sequence {
      guard sequence > 0 else { throw .outOfRange("there is nothing to make a snapshot of before event 1") }
      return summary(try maker.makeSnapshot(at: sequence))
    }
    guard let sealed = try maker.make() else {
      throw .outOfRange("the log has no events yet: there is nothing to make a snapshot of")
    }
    return summary(sealed.sequence)
  }
}
