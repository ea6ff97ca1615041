/// A snapshot whose bytes and whose place in the log have been checked.
struct LoadedSnapshot {
  let sequence: UInt64
  let state: State
  let frameHash: Digest
  let framePosition: LogPosition
  let frameFirstSequence: UInt64

  /// Reads and checks one snapshot.
  ///
  /// - Throws: ``MalformedBytes`` with what is wrong with it, ``FileError`` or ``LogError``.
  init(_ directory: LogDirectory, _ sequence: UInt64, log: LogID, files: any FileSystem) throws {
    let file = try SnapshotFile.read(directory.snapshot(sequence), files: files)
    guard file.log == log else { throw MalformedBytes("belongs to another log (\(file.log))") }
    guard file.sequence == sequence else { throw MalformedBytes("is of event \(file.sequence), not as its name says") }
    let stream = try FrameStream(
      directory, files: files,
      startingAt: .init(position: file.framePosition, previousHash: nil, nextSequence: sequence),
      showsUnsyncedFrames: true)
    guard case .frame(let frame, _) = try stream.next(), frame.hash == file.frameHash,
      frame.firstSequence <= sequence, sequence <= frame.lastSequence
    else { throw MalformedBytes("does not fit the log: the frame that it names is not there") }
    let columns = try LZ4Decompressor().columns(of: frame)
    guard columns.kinds[Int(sequence - frame.firstSequence)] & 1 == 0 else {
      throw MalformedBytes("was taken inside a step")
    }
    self.sequence = sequence
    // Now that the log is known to have so many events.
    state = try State(canonicalForm: file.state, of: sequence)
    frameHash = file.frameHash
    framePosition = file.framePosition
    frameFirstSequence = frame.firstSequence
  }

  /// The newest snapshot not after `bound` that can be trusted; one that cannot is named in a warning and passed over.
  static func newest(
    _ directory: LogDirectory, log: LogID, files: any FileSystem, notAfter bound: UInt64 = .max,
    warn: (String) -> Void
  ) throws(TallyError) -> LoadedSnapshot? {
    let sequences: [UInt64]
    do throws(FileError) { sequences = try directory.listSnapshots(files) } catch { throw .file(error) }
    for sequence in sequences.reversed() where sequence <= bound {
      do {
        return try LoadedSnapshot(directory, sequence, log: log, files: files)
      } catch {
        warn("the snapshot \(directory.snapshot(sequence)) is skipped: it \(flaw(error))")
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
