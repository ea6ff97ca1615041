/// What a snapshot says of itself: `Snapshot files` in the format document.
package struct SnapshotHeader: Sendable {
  package var sequence: UInt64
  package var log: LogID
  /// The chain with the frame that holds the event at its end.
  package var frame: ChainHead
  package var framePosition: LogPosition
  package var stateDigest: Digest
  let stateLength: UInt64

  /// The header of a snapshot, whose state is believed: ``flaw(of:)`` says whether the file holds it.
  ///
  /// - Returns: a failure for bytes that are no header.
  package static func header(of file: any LogFile) throws(FileError) -> Result<SnapshotHeader, MalformedBytes> {
    let head = try file.bytes(at: 0, count: SnapshotFile.headerBytes)
    let compressed = UInt64(max(0, try file.size() - SnapshotFile.headerBytes))
    return head.withUnsafeBytes { raw in
      do throws(MalformedBytes) {
        let header = try SnapshotHeader(raw)
        // Neither a bomb nor a sparse file is worth reading to its end.
        guard header.stateLength <= SnapshotFile.largestState(of: compressed) else {
          throw MalformedBytes(
            "says that its \(compressed) bytes hold \(header.stateLength): no state compresses so well")
        }
        guard compressed <= header.stateLength + header.stateLength / 256 + 1024 else {
          throw MalformedBytes("has \(compressed) bytes for a state of \(header.stateLength)")
        }
        return .success(header)
      } catch {
        return .failure(error)
      }
    }
  }

  /// The fields of a header that matches its check.
  init(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    guard bytes.count >= SnapshotFile.headerBytes else { throw MalformedBytes("is too short for a snapshot") }
    guard try reader.u32() == SnapshotFile.magic, try reader.u32() == UInt32(SnapshotFile.headerBytes - 8),
      try reader.take(8).elementsEqual(SnapshotFile.label)
    else { throw MalformedBytes("does not begin like a snapshot") }
    let version = try reader.u32()
    guard version == SnapshotFile.version else {
      throw MalformedBytes("is of format version \(version); this program reads version \(SnapshotFile.version)")
    }
    guard try reader.u32() == 0 else { throw MalformedBytes("has a reserved field in use") }
    guard let log = LogID(bytes: Array(try reader.take(16))) else { throw MalformedBytes("has no log id") }
    self.log = log
    sequence = try reader.u64()
    frame = try reader.head()
    let segment = try reader.u64()
    let offset = try reader.u64()
    stateDigest = Digest(trusted: Array(try reader.take(32)))
    stateLength = try reader.u64()
    let own = Digest.sha256(UnsafeRawBufferPointer(rebasing: bytes[0..<SnapshotFile.checkedBytes]))
    guard try reader.take(32).elementsEqual(own.bytes) else {
      throw MalformedBytes("has a header that does not match its check")
    }
    let numbers = [sequence, frame.lastSequence, frame.nextFrame, frame.epoch, segment, offset]
    guard numbers.allSatisfy({ $0 <= UInt64(Limits.maxQuantity) }), frame.nextFrame >= 1 || sequence == 0,
      stateLength <= UInt64(SnapshotFile.maximumStateBytes)
    else {
      throw MalformedBytes("has numbers out of range in its header")
    }
    framePosition = LogPosition(segment: segment, offset: Int(offset))
  }

  /// Reads the whole file and returns how the state in it fails its digest; `nil` if it does not. Some 1 ns a byte of
  /// state.
  package func flaw(of file: any LogFile) throws(FileError) -> MalformedBytes? {
    switch try SnapshotFile.read(file, keepsState: false) {
    case .failure(let flaw): return flaw
    // Somebody may have changed the file since its header was read.
    case .success(let read): return read.stateDigest == stateDigest ? nil : MalformedBytes("is no longer what it was")
    }
  }
}
