/// The names of some items as a snapshot says them. Only its beginning is read, where the items stand, so the digest of
/// its state has proven nothing: see ``ItemSearch``.
struct SnapshotItems {
  let sequence: UInt64
  /// Where the frame begins that holds the event.
  let framePosition: LogPosition
  /// Items of the log then; their numbers are below.
  let count: Int
  /// Of the wanted numbers those that the snapshot has.
  let names: [ItemNumber: ItemName]

  /// Reads items up to the last that is wanted: some 30 ns an item.
  ///
  /// - Throws: what is wrong with the snapshot, as far as it was looked at.
  init(_ stored: StoredLog, _ sequence: UInt64, _ wanted: Set<ItemNumber>) throws(SnapshotError) {
    var parser = ItemParser(wanted)
    let read: (header: Result<SnapshotHeader, MalformedBytes>, items: Result<Void, MalformedBytes>)
    do throws(FileError) {
      let file = try stored.files.open(stored.directory.snapshot(sequence), .read)
      defer { file.close() }
      read.header = try SnapshotHeader.header(of: file)
      read.items = try SnapshotFile.readBeginning(of: file) { parser.take($0) }
    } catch {
      throw .file(error)
    }
    let header: SnapshotHeader
    do throws(MalformedBytes) {
      header = try read.header.get()
      try LoadedSnapshot.check(header.log, header.sequence, of: sequence, in: stored)
      try read.items.get()
      count = try parser.finish(sequence)
    } catch {
      throw .malformed(error)
    }
    _ = try LoadedSnapshot.frame(header.frame, at: header.framePosition, holding: sequence, in: stored)
    self.sequence = sequence
    framePosition = header.framePosition
    names = parser.names
  }

  /// Whether both say the same of all wanted items.
  func agrees(with other: SnapshotItems, on wanted: Set<ItemNumber>) -> Bool {
    wanted.allSatisfy { number in names[number].map { other.names[number] == $0 } ?? false }
  }
}

/// Reads the beginning of a canonical form as it comes in pieces: `State: canonical form and digest` in the format
/// document.
private struct ItemParser {
  /// The label and three numbers; two names and five numbers.
  private static let mostHeadBytes = State.label.count + 3 * 8
  private static let mostItemBytes = 2 * (1 + Limits.maxNameBytes) + 5 * 8

  private let wanted: Set<ItemNumber>
  private let last: UInt32
  /// What has come and was not read yet.
  private var rest: [UInt8] = []
  private var head: (sequence: UInt64, count: UInt64)?
  private var next: UInt32 = 0
  private var flaw: MalformedBytes?
  private(set) var names: [ItemNumber: ItemName] = [:]

  init(_ wanted: Set<ItemNumber>) {
    self.wanted = wanted
    last = wanted.max()?.rawValue ?? 0
  }

  private var isDone: Bool { head.map { next > last || UInt64(next) >= $0.count } ?? false }

  /// Returns whether more is wanted.
  mutating func take(_ piece: UnsafeRawBufferPointer) -> Bool {
    rest.append(contentsOf: piece)
    parse(isLast: false)
    return flaw == nil && !isDone
  }

  /// - Returns: how many items there are.
  mutating func finish(_ sequence: UInt64) throws(MalformedBytes) -> Int {
    if !isDone { parse(isLast: true) }
    if let flaw { throw flaw }
    guard let head, isDone else { throw MalformedBytes("ends within its items") }
    guard head.sequence == sequence else { throw MalformedBytes("holds the state after another event") }
    guard head.count <= UInt64(UInt32.max) else { throw MalformedBytes("holds \(head.count) items") }
    return Int(head.count)
  }

  private mutating func parse(isLast: Bool) {
    var used = 0
    let bytes = rest
    bytes.withUnsafeBytes { raw in
      do throws(MalformedBytes) { used = try parse(raw, isLast: isLast) } catch { flaw = flaw ?? error }
    }
    rest.removeFirst(used)
  }

  /// - Returns: bytes read.
  private mutating func parse(_ raw: UnsafeRawBufferPointer, isLast: Bool) throws(MalformedBytes) -> Int {
    var reader = StateReader(raw)
    if head == nil {
      guard isLast || reader.remaining >= ItemParser.mostHeadBytes else { return 0 }
      try reader.beginning()
      let sequence = try reader.number()
      _ = try reader.number()
      head = (sequence, try reader.number())
    }
    while !isDone, isLast || reader.remaining >= ItemParser.mostItemBytes {
      let sku = try reader.name()
      let location = try reader.name()
      if wanted.contains(ItemNumber(next)) {
        names[ItemNumber(next)] = ItemName(sku: Name(bytes: Array(sku)), location: Name(bytes: Array(location)))
      }
      for _ in 0..<5 { try reader.skipNumber() }
      next += 1
    }
    return raw.count - reader.remaining
  }
}
