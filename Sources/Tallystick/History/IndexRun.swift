/// One sealed index file: the names that events `first … last` brought, and the reservations that they closed.
///
/// Header (128 bytes): `TALLYIDX`, u32 version 4, u32 0, log id, u64 first, u64 last, hash of the frame that holds
/// `last`, u64 names, u64 closings, u64 filter words, 16 bytes of SHA-256 of the filter, 8 bytes SipHash of the
/// header so far. Then the filter, pages of names (fingerprint, sequence number, content hash) and pages of closings
/// (reservation, closing event and what it was). Derived: deleting it costs a replay.
struct IndexRun: Sendable {
  static let headerBytes = 128
  static let version: UInt32 = 4
  /// Words of 8 bytes a record.
  static let nameWords = 3
  static let closingWords = 2
  private static let label = Array("TALLYIDX".utf8)

  let path: String
  let first: UInt64
  let last: UInt64
  let frameHash: Digest
  let names: IndexPages
  let closings: IndexPages
  let filter: NameFilter

  static func fileName(_ first: UInt64, _ last: UInt64) -> String { "\(first)-\(last).ids" }

  /// The range in a file's name.
  static func range(ofFileName name: String) -> (first: UInt64, last: UInt64)? {
    guard name.hasSuffix(".ids") else { return nil }
    let parts = name.dropLast(4).split(separator: "-")
    guard parts.count == 2, let first = UInt64(parts[0]), let last = UInt64(parts[1]), first <= last else { return nil }
    return (first, last)
  }

  /// - Parameter readsFilter: false for a few questions: a page or three are read for each, and not the filter, which
  /// is   read and hashed as a whole (250 MB for 100 million names).
  init(_ path: String, log: LogID, readsFilter: Bool = true, files: any FileSystem) throws(IndexError) {
    let hash = SipHash(log: log)
    let file: any LogFile
    let head: [UInt8]
    let size: Int
    do throws(FileError) {
      file = try files.open(path, .read)
      size = try file.size()
      head = try file.bytes(at: 0, count: IndexRun.headerBytes)
    } catch {
      throw .file(error)
    }
    guard head.count == IndexRun.headerBytes, head.prefix(8).elementsEqual(IndexRun.label) else {
      throw .damaged("does not begin like an index")
    }
    func u64(_ offset: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(head[offset + $1]) << UInt64($1 * 8) } }
    guard head[0..<120].withUnsafeBufferPointer({ hash($0) }) == u64(120), u64(8) == UInt64(IndexRun.version),
      head[16..<32].elementsEqual(log.bytes), let frameHash = Digest(bytes: Array(head[48..<80]))
    else { throw .damaged("has a header that does not match its check") }
    let (first, last) = (u64(32), u64(40))
    // The counts must be what the file's own size allows before anything is allocated or multiplied. The check above is
    // no proof: its key stands in the file.
    guard first >= 1, first <= last, last <= UInt64(Limits.maxQuantity) else { throw .damaged("covers no events") }
    let largest = UInt64(size)
    guard u64(80) <= largest, u64(88) <= largest, u64(96) <= largest / 8 else {
      throw .damaged("says it has more than fits into its \(size) bytes")
    }
    let nameCount = Int(u64(80))
    let closingCount = Int(u64(88))
    let filterWords = Int(u64(96))
    guard filterWords > 0, filterWords % NameFilter.wordsPerBlock == 0,
      size == IndexRun.headerBytes + filterWords * 8 + IndexPages.bytes(count: nameCount, words: IndexRun.nameWords)
        + IndexPages.bytes(count: closingCount, words: IndexRun.closingWords)
    else { throw .damaged("has another length than its header says") }
    let filter =
      readsFilter
      ? try IndexRun.filter(of: file, words: filterWords, check: head[104..<120]) : NameFilter.admittingAll
    self.init(
      path, file, hash, first: first, last: last, frameHash: frameHash, filter, filterBytes: filterWords * 8,
      names: nameCount, closings: closingCount)
  }

  private static func filter(
    of file: any LogFile, words: Int, check: ArraySlice<UInt8>
  ) throws(IndexError) -> NameFilter {
    let filter: NameFilter?
    do throws(FileError) {
      filter = try NameFilter(wordCount: words) { (bytes) throws(FileError) in
        try file.read(into: bytes, at: headerBytes)
      }
    } catch {
      throw .file(error)
    }
    guard let filter, filter.digest.bytes.prefix(16).elementsEqual(check) else {
      throw .damaged("has a filter that does not match its check")
    }
    return filter
  }

  /// A run that was checked, or just written.
  init(
    _ path: String, _ file: any LogFile, _ hash: SipHash, first: UInt64, last: UInt64, frameHash: Digest,
    _ filter: NameFilter, filterBytes: Int, names nameCount: Int, closings closingCount: Int, fences: [UInt64] = []
  ) {
    self.path = path
    self.first = first
    self.last = last
    self.frameHash = frameHash
    self.filter = filter
    let namesOffset = IndexRun.headerBytes + filterBytes
    names = IndexPages(
      file: file, offset: namesOffset, count: nameCount, words: IndexRun.nameWords, hash: hash, frameHash: frameHash,
      isSpread: true, fences: fences)
    closings = IndexPages(
      file: file, offset: namesOffset + IndexPages.bytes(count: nameCount, words: IndexRun.nameWords),
      count: closingCount, words: IndexRun.closingWords,
      hash: hash, frameHash: frameHash, isSpread: false)
  }

  static func header(
    log: LogID, first: UInt64, last: UInt64, frameHash: Digest, names: Int, closings: Int, filter: NameFilter
  ) -> [UInt8] {
    var out = ByteWriter(reserving: headerBytes)
    out.raw(label)
    out.u32(version)
    out.u32(0)
    out.raw(log.bytes)
    out.u64(first)
    out.u64(last)
    out.raw(frameHash.bytes)
    out.u64(UInt64(names))
    out.u64(UInt64(closings))
    out.u64(UInt64(filter.byteCount / 8))
    out.raw(filter.digest.bytes.prefix(16))
    let check = out.bytes.withUnsafeBufferPointer { SipHash(log: log)($0) }
    out.u64(check)
    return out.bytes
  }
}

extension SealedClosing {
  private static let states: [ReservationState] = [.open, .partlySettled, .committed, .released, .expired, .mixed]

  // Sequence numbers are below 2^53. Above the closing event's: its kind (4 bits), whether the command named no lines,
  // whether an adjust made it, the state (3 bits), and whether it had been altered.
  private static let kindShift: UInt64 = 53
  private static let wholeShift: UInt64 = 57
  private static let adjustShift: UInt64 = 58
  private static let stateShift: UInt64 = 59
  private static let alteredShift: UInt64 = 62

  /// Appends two words: the reservation; the closing event and what it was.
  func append(to words: inout [UInt64]) {
    let state = UInt64(SealedClosing.states.firstIndex(of: state) ?? 0)
    words.append(reservation)
    words.append(
      closing.sequence | UInt64(closing.kind.rawValue) << SealedClosing.kindShift
        | (closing.isWhole ? 1 : 0) << SealedClosing.wholeShift
        | (closing.byAdjust ? 1 : 0) << SealedClosing.adjustShift | state << SealedClosing.stateShift
        | (isAltered ? 1 : 0) << SealedClosing.alteredShift)
  }

  init?(words: [UInt64]) {
    let states = SealedClosing.states
    guard words.count == IndexRun.closingWords else { return nil }
    let word = words[1]
    let state = Int(word >> SealedClosing.stateShift & 7)
    guard let kind = EventKind(rawValue: UInt8(word >> SealedClosing.kindShift & 15)), state < states.count else {
      return nil
    }
    self.init(
      reservation: words[0],
      closing: .init(
        sequence: word & (1 << SealedClosing.kindShift - 1), kind: kind,
        isWhole: word >> SealedClosing.wholeShift & 1 == 1, byAdjust: word >> SealedClosing.adjustShift & 1 == 1),
      state: states[state], isAltered: word >> SealedClosing.alteredShift & 1 == 1)
  }
}
