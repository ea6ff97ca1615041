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
    let item: FrameItem
    do throws(LogError) {
      item = try stored.source.frames(
        from: .place(file.framePosition, sequence: sequence), showsUnsynced: true
      ).next()
    } catch {
      throw .log(error)
    }
    guard case .frame(let frame, _) = item, frame.head == file.frame,
      frame.firstSequence <= sequence, sequence <= frame.lastSequence
    else { throw SnapshotError("does not fit the log: the frame that it names is not there") }
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
      guard file.log == stored.log else { throw MalformedBytes("belongs to another log (\(file.log))") }
      guard file.sequence == sequence else {
        throw MalformedBytes("is of event \(file.sequence), not as its name says")
      }
      return file
    } catch {
      throw .malformed(error)
    }
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
