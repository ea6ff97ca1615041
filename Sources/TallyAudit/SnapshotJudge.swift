import TallyFormat

/// Compares snapshots with what the fold was at their events, once the log has been read.
struct SnapshotJudge {
  var log: LogID?
  var lastSequence: UInt64
  /// False: the log could not be read to its end.
  var hasEnded: Bool
  /// The first event that breaks a rule: no digest of a state is compared from there on.
  var firstBroken: UInt64?

  func finding(_ snapshot: Witnesses.NamedSnapshot, _ sightings: borrowing Sightings) -> SnapshotFinding {
    var finding = SnapshotFinding(
      file: snapshot.name, sequence: snapshot.sequence, status: .consistent, stateDigest: nil, detail: "")
    switch snapshot.contents {
    case .failure(let flaw): (finding.status, finding.detail) = (.damaged, "the file \(flaw)")
    case .success(let contents):
      finding.stateDigest = contents.header.stateDigest
      if let (status, detail) = contradiction(of: contents.header, named: snapshot.sequence, sightings) {
        (finding.status, finding.detail) = (status, detail)
      }
    }
    return finding
  }

  private func contradiction(
    of header: SnapshotHeader, named sequence: UInt64, _ sightings: borrowing Sightings
  ) -> (SnapshotFinding.Status, String)? {
    if header.sequence != sequence { return (.inconsistent, "it says it is of event \(header.sequence)") }
    if let log, header.log != log { return (.inconsistent, "it is of another log (\(header.log))") }
    guard let sight = sightings[header.sequence] else {
      if !hasEnded { return (.notReached, "the log is damaged before it") }
      return (.inconsistent, "the log, which ends with event \(lastSequence), does not have its event")
    }
    if !sight.isBetweenSteps { return (.inconsistent, "it was taken inside a step") }
    if header.sequence > 0 {
      if sight.frame != header.frame {
        return (.inconsistent, "it names \(header.frame); that frame is \(sight.frame)")
      }
      if sight.framePosition != header.framePosition {
        return (
          .inconsistent, "it says its frame is in \(header.framePosition), which is in \(sight.framePosition)"
        )
      }
    }
    if let firstBroken, header.sequence >= firstBroken {
      return (.notReached, "event \(firstBroken) breaks a rule, and no state is defined from there on")
    }
    let digest = sightings.digest(of: sight)
    if digest != header.stateDigest {
      return (.inconsistent, "its state digest is \(header.stateDigest); the replay's is \(digest)")
    }
    return nil
  }
}
