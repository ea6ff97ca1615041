/// A snapshot whose bytes and whose place in the log have been checked.
struct LoadedSnapshot {
  let sequence: UInt64
  let state: State
  /// The frame that holds the event, and where it begins.
  let frame: Frame
  let framePosition: LogPosition

  /// Reads and checks one snapshot.
  ///
  /// - Throws: what is wrong with it.
  init(_ stored: StoredLog, _ sequence: UInt64) throws(SnapshotError) {
    let file = try LoadedSnapshot.read(stored, sequence)
    let frame = try LoadedSnapshot.frame(file.frame, at: file.framePosition, holding: sequence, in: stored)
    do throws(MalformedBytes) {
      let columns = try LZ4Decompressor().columns(of: frame)
      guard columns.kinds[Int(sequence - frame.firstSequence)] & 1 == 0 else {
        throw MalformedBytes("was taken inside a step")
      }
      // Now that the log is known to have so many events.
      state = try State(canonicalForm: file.state, of: sequence)
    } catch {
      throw .malformed(error)
    }
    self.sequence = sequence
    self.frame = frame
    framePosition = file.framePosition
  }

  private static func read(_ stored: StoredLog, _ sequence: UInt64) throws(SnapshotError) -> SnapshotFile {
    let read: Result<SnapshotFile, MalformedBytes>
    do throws(FileError) {
      let file = try stored.files.open(stored.directory.snapshot(sequence), .read)
      defer { file.close() }
      read = try SnapshotFile.read(file, keepsState: true)
    } catch {
      throw .file(error)
    }
    do throws(MalformedBytes) {
      let file = try read.get()
      try check(file.log, file.sequence, of: sequence, in: stored)
      return file
    } catch {
      throw .malformed(error)
    }
  }

  /// What a snapshot says of itself fits its name and the log's id.
  static func check(
    _ log: LogID, _ sequence: UInt64, of expected: UInt64, in stored: StoredLog
  ) throws(MalformedBytes) {
    guard log == stored.log else { throw MalformedBytes("belongs to another log (\(log))") }
    guard sequence == expected else { throw MalformedBytes("is of event \(sequence), not as its name says") }
  }

  /// The frame that a snapshot names, from where it says that it stands.
  static func frame(
    _ head: ChainHead, at position: LogPosition, holding sequence: UInt64, in stored: StoredLog
  ) throws(SnapshotError) -> Frame {
    let item: FrameItem
    do throws(LogError) {
      item = try stored.source.frames(from: .place(position, sequence: sequence), showsUnsynced: true).next()
    } catch {
      throw .log(error)
    }
    guard case .frame(let frame, _) = item, frame.head == head, frame.firstSequence <= sequence,
      sequence <= frame.lastSequence
    else { throw SnapshotError("does not fit the log: the frame that it names is not there") }
    return frame
  }

  /// The newest snapshot not after `bound` that can be trusted; one that cannot is named in a warning and passed over.
  static func newest(
    _ stored: StoredLog, notAfter bound: UInt64 = .max, warn: (String) -> Void
  ) throws(TallyError) -> LoadedSnapshot? {
    let sequences: [UInt64]
    do throws(FileError) { sequences = try stored.directory.listSnapshots(stored.files) } catch { throw .file(error) }
    for sequence in sequences.reversed() where sequence <= bound {
      do throws(SnapshotError) {
        return try LoadedSnapshot(stored, sequence)
      } catch {
        warn("the snapshot \(stored.directory.snapshot(sequence)) is skipped: it \(error)")
      }
    }
    return nil
  }
}

/// Why a snapshot is not used.
enum SnapshotError: Error, CustomStringConvertible {
  case malformed(MalformedBytes)
  case file(FileError)
  /// The log cannot be read where the snapshot says it was taken.
  case log(LogError)

  init(_ flaw: String) { self = .malformed(MalformedBytes(flaw)) }

  /// In words for people, after "it".
  var description: String {
    switch self {
    case .malformed(let flaw): flaw.description
    case .file(let error): "cannot be read: \(error)"
    case .log(.file(let error)): error.description
    case .log(let error): "does not fit the log: \(error)"
    }
  }
}
