import Glibc
import TallyFormat

/// What stands outside the chain and says what the log must contain: the floor, snapshots, a checkpoint.
///
/// Read before the log is: what they name was written before them, so a log that is being written has it by the time
/// it is replayed.
struct Witnesses {
  /// A snapshot whose bytes are intact; its state is not kept.
  struct Snapshot {
    var sequence: UInt64
    var log: LogID
    var frameHash: Digest
    var framePosition: LogPosition
    var stateDigest: Digest
  }

  private(set) var floor: FloorFile?
  private(set) var floorFlaw: MalformedBytes?
  /// By the sequence number in the name.
  private(set) var snapshots: [(name: String, sequence: UInt64, contents: Result<Snapshot, MalformedBytes>)] = []

  /// Something outside the segments shows that there was a log.
  var isEmpty: Bool { floor == nil && floorFlaw == nil && snapshots.isEmpty }

  /// A floor is overwritten in place: a reader may see half of it. It is believed to be bad after that many tries.
  private static let floorTries = 5

  init(_ directory: LogDirectory, files: any FileSystem) throws(LogError) {
    try readFloor(directory, files)
    do throws(FileError) {
      for sequence in try directory.listSnapshots(files) {
        let path = directory.snapshot(sequence)
        let name = "snapshots/" + path.dropFirst(directory.snapshots.count + 1)
        // A writer may have thinned it out since it was listed.
        guard let contents = try Witnesses.read(path, files) else { continue }
        snapshots.append((name, sequence, contents))
      }
    } catch {
      throw .file(error)
    }
  }

  private static func read(
    _ path: String, _ files: any FileSystem
  ) throws(FileError) -> Result<Snapshot, MalformedBytes>? {
    do {
      let file = try SnapshotFile.read(path, files: files, keepsState: false)
      return .success(
        Snapshot(
          sequence: file.sequence, log: file.log, frameHash: file.frameHash, framePosition: file.framePosition,
          stateDigest: file.stateDigest))
    } catch let error as FileError {
      if error.code == ENOENT { return nil }
      throw error
    } catch let error as MalformedBytes {
      return .failure(error)
    } catch {
      return .failure(MalformedBytes("\(error)"))
    }
  }

  private mutating func readFloor(_ directory: LogDirectory, _ files: any FileSystem) throws(LogError) {
    for _ in 0..<Witnesses.floorTries {
      let bytes: [UInt8]?
      do throws(FileError) {
        bytes = try files.contents(of: directory.floor, maximum: FloorFile.length)
      } catch {
        throw .file(error)
      }
      floorFlaw = nil
      guard let bytes, !bytes.isEmpty else { return }
      do throws(MalformedBytes) {
        floor = try FloorFile(parsing: bytes)
        return
      } catch {
        floorFlaw = error
      }
    }
  }
}
