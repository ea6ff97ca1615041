import Glibc
import TallyFormat

/// What stands outside the chain and says what the log must contain: the floor, snapshots, a checkpoint.
///
/// Read before the log is: what they name was written before them, so a log that is being written has it by the time
/// it is replayed.
struct Witnesses {
  /// A snapshot whose header can be read. Its file stays open, because a writer may thin it out meanwhile.
  struct Snapshot: Sendable {
    /// The sequence number in its name.
    var place: UInt64
    var header: SnapshotHeader
    /// Whose bytes have yet to be checked; `nil` if they have been.
    var file: (any LogFile)?
  }

  /// A file that says it is a snapshot, and what is in it.
  struct NamedSnapshot {
    var name: String
    /// The sequence number in its name.
    var sequence: UInt64
    var contents: Result<Snapshot, MalformedBytes>
  }

  /// Snapshots whose files stay open; those beyond are checked at once.
  private static let mostOpenFiles = 64

  private(set) var floor: Floor?
  private(set) var floorFlaw: MalformedBytes?
  /// By the sequence number in the name.
  private(set) var snapshots: [NamedSnapshot] = []

  /// Snapshots whose bytes have yet to be checked.
  var unproven: [Snapshot] { snapshots.compactMap { try? $0.contents.get() }.filter { $0.file != nil } }

  /// Says which snapshots' bytes are no snapshot, by the sequence number in their names.
  mutating func note(_ flaws: [UInt64: MalformedBytes]) {
    for index in snapshots.indices {
      if let flaw = flaws[snapshots[index].sequence] { snapshots[index].contents = .failure(flaw) }
    }
  }

  /// Something outside the segments shows that there was a log.
  var isEmpty: Bool { floor == nil && floorFlaw == nil && snapshots.isEmpty }

  /// - Parameter judged: the last event that an earlier audit judged: of snapshots up to it the state is not known.
  init(_ store: any LogStore, behind judged: UInt64? = nil) throws(LogError) {
    let (directory, files) = (store.derived, store.files)
    do throws(FloorError) { floor = try store.floor() } catch {
      switch error {
      case .malformed(let flaw): floorFlaw = flaw
      case .file(let error): throw .file(error)
      }
    }
    do throws(FileError) {
      for sequence in try directory.listSnapshots(files) where judged.map({ sequence > $0 }) ?? true {
        let path = directory.snapshot(sequence)
        let name = "snapshots/" + path.dropFirst(directory.snapshots.count + 1)
        // A writer may have thinned it out since it was listed.
        guard try files.identity(of: path) != nil else { continue }
        let file = try files.open(path, .read)
        var contents = try SnapshotHeader.header(of: file).map { Snapshot(place: sequence, header: $0, file: file) }
        if snapshots.count >= Witnesses.mostOpenFiles, case .success(let snapshot) = contents {
          contents = .success(Snapshot(place: sequence, header: snapshot.header))
          if let flaw = try snapshot.header.flaw(of: file) { contents = .failure(flaw) }
        }
        snapshots.append(NamedSnapshot(name: name, sequence: sequence, contents: contents))
      }
    } catch {
      throw .file(error)
    }
  }
}
