import TallyFormat
import Tallystick

/// Hostile files beside an honest log: they may be refused and passed over, and must never do harm.
enum DerivedFileTargets {
  /// A whole snapshot file; its header's check is made valid.
  static func snapshot(_ bytes: [UInt8]) -> String? {
    var bytes = bytes
    if bytes.count >= SnapshotFile.headerBytes {
      bytes.replaceSubrange(
        SnapshotFile.checkedBytes..<SnapshotFile.headerBytes,
        with: Digest.sha256(Array(bytes[0..<SnapshotFile.checkedBytes])).bytes)
    }
    return read(bytes, named: HonestLog.shared.lastSequence)
  }

  /// A canonical form, in a snapshot that names the right frame of the log.
  static func state(_ bytes: [UInt8]) -> String? {
    guard let honest = HonestLog.shared.snapshot else { return "there is no snapshot to begin with" }
    let file = SnapshotFile(
      log: honest.log, sequence: honest.sequence, frame: honest.frame, framePosition: honest.framePosition,
      state: bytes)
    return read(file.encoded, named: honest.sequence)
  }

  private static func read(_ bytes: [UInt8], named sequence: UInt64) -> String? {
    let honest = HonestLog.shared
    let files = honest.files.copy()
    files.put(honest.directory.snapshot(sequence), bytes)
    guard let store = try? SnapshotStore(HonestLog.path, files: files), let listed = try? store.list() else {
      return "a bad snapshot keeps the log from being read"
    }
    // One that is taken for good serves readers and a writer.
    let isUsed = listed.contains { $0.sequence == sequence && $0.flaw == nil }
    do {
      let reader = try LogReader(HonestLog.path, files: files)
      _ = try reader.info()
      if isUsed { try open(files) }
    } catch {
      if !isUsed { return "a snapshot that is refused keeps the log from being read: \(error)" }
    }
    return nil
  }

  /// An index file; every check in it is made valid.
  static func index(_ bytes: [UInt8]) -> String? {
    guard bytes.count >= 128, bytes.count < 1 << 20 else { return nil }
    let honest = HonestLog.shared
    var bytes = bytes
    func u64(_ offset: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) } }
    func seal(_ offset: Int, _ count: Int) {
      let check = bytes[offset..<(offset + count)].withUnsafeBufferPointer { SipHash(log: HonestLog.id)($0) }
      for byte in 0..<8 { bytes[offset + count + byte] = UInt8(truncatingIfNeeded: check >> UInt64(byte * 8)) }
    }
    // Label and version as the writer's own, so that what follows is read at all.
    bytes.replaceSubrange(0..<16, with: (honest.index?.bytes ?? bytes).prefix(16))
    bytes.replaceSubrange(16..<32, with: HonestLog.id.bytes)
    let filterBytes = u64(96) <= UInt64(bytes.count / 8) ? Int(u64(96)) * 8 : 0
    if 128 + filterBytes <= bytes.count {
      bytes.replaceSubrange(104..<120, with: Digest.sha256(Array(bytes[128..<(128 + filterBytes)])).bytes.prefix(16))
      var page = 128 + filterBytes
      while page + 4096 <= bytes.count {
        let place = u64(48) ^ UInt64(page)
        for byte in 0..<8 { bytes[page + 4080 + byte] = UInt8(truncatingIfNeeded: place >> UInt64(byte * 8)) }
        seal(page, 4088)
        page += 4096
      }
    }
    seal(0, 120)
    let files = honest.files.copy()
    files.removeAll(under: honest.directory.index)
    files.put("\(honest.directory.index)/\(u64(32))-\(u64(40)).ids", bytes)
    do {
      let reader = try LogReader(HonestLog.path, files: files)
      _ = try reader.show("order-1")
      try open(files)
    } catch { return nil }
    return nil
  }

  /// The floor file.
  static func floor(_ bytes: [UInt8]) -> String? {
    _ = try? FloorFile(parsing: bytes)
    guard bytes.count >= FloorFile.checkedBytes else { return nil }
    let checked = Array(bytes[0..<FloorFile.checkedBytes])
    let sealed = checked + Digest.sha256(checked).bytes.prefix(16)
    let files = HonestLog.shared.files.copy()
    files.put(HonestLog.shared.directory.floor, sealed)
    _ = try? open(files)
    return nil
  }

  private static func open(_ files: MemoryFiles) throws {
    let log = try HonestLog.writer(on: files)
    for id: Name in ["order-1", "order-2", "order-3", "order-4", "order-5"] {
      _ = log.append(Command(.commit(id: id)))
      _ = log.append(Command(.reserve(id: id, [Line(sku: "tea", 1)])))
    }
    _ = log.append(Command(.adjust(ItemName(sku: "tea"), .to(0), reason: "end", release: .oldest)))
    log.close()
  }
}
