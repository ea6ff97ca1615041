/// A snapshot whose bytes and whose place in the log have been checked.
struct LoadedSnapshot {
  let sequence: UInt64
  let state: State
  /// The frame that holds the event, and where it begins.
  let frame: Frame
  let framePosition: LogPosition

  /// Reads and checks one snapshot.
  ///
  /// - Throws: ``MalformedBytes`` with what is wrong with it, ``FileError`` or ``LogError``.
  init(_ stored: StoredLog, _ sequence: UInt64) throws {
    let file = try SnapshotFile.read(stored.directory.snapshot(sequence), files: stored.files)
    guard file.log == stored.log else { throw MalformedBytes("belongs to another log (\(file.log))") }
    guard file.sequence == sequence else { throw MalformedBytes("is of event \(file.sequence), not as its name says") }
    let frames = try stored.source.frames(
      from: .place(file.framePosition, sequence: sequence), showsUnsynced: true)
    guard case .frame(let frame, _) = try frames.next(), frame.head == file.frame,
      frame.firstSequence <= sequence, sequence <= frame.lastSequence
    else { throw MalformedBytes("does not fit the log: the frame that it names is not there") }
    let columns = try LZ4Decompressor().columns(of: frame)
    guard columns.kinds[Int(sequence - frame.firstSequence)] & 1 == 0 else {
      throw MalformedBytes("was taken inside a step")
    }
    self.sequence = sequence
    // Now that the log is known to have so many events.
    state = try State(canonicalForm: file.state, of: sequence)
    self.frame = frame
    framePosition = file.framePosition
  }

  /// The newest snapshot not after `bound` that can be trusted; one that cannot is named in a warning and passed over.
  static func newest(
    _ stored: StoredLog, notAfter bound: UInt64 = .max, warn: (String) -> Void
  ) throws(TallyError) -> LoadedSnapshot? {
    let sequences: [UInt64]
    do throws(FileError) { sequences = try stored.directory.listSnapshots(stored.files) } catch { throw .file(error) }
    for sequence in sequences.reversed() where sequence <= bound {
      do {
        return try LoadedSnapshot(stored, sequence)
      } catch {
        warn("the snapshot \(stored.directory.snapshot(sequence)) is skipped: it \(flaw(error))")
      }
    }
    return nil
  }

  /// What is wrong with a snapshot, after "it", in words for people.
  static func flaw(_ error: any Error) -> String {
    switch error {
    case LogError.damaged: "does not fit the log: \(error)"
    case let error as FileError: "cannot be read: \(error)"
    default: "\(error)"
    }
  }
}
