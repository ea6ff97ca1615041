import Glibc

/// Writes index runs: from what a follower has gathered, or by merging others.
struct IndexRunWriter {
  let directory: LogDirectory
  let log: LogID
  let files: any FileSystem
  /// Asked after every megabyte: whether nobody wants the run any more.
  var isGivenUp: @Sendable () -> Bool = { false }

  /// Pages that are read at a time to be merged.
  private static let pagesAtOnce = 64

  /// One sorted source of records.
  struct Source {
    let count: Int
    /// The next words; none at the end.
    let next: () throws(IndexError) -> [UInt64]
  }

  static func source(_ words: [UInt64], wordsPerRecord: Int) -> Source {
    var isDone = false
    return Source(count: words.count / wordsPerRecord) { () throws(IndexError) -> [UInt64] in
      defer { isDone = true }
      return isDone ? [] : words
    }
  }

  static func source(_ pages: IndexPages) -> Source {
    var index = 0
    return Source(count: pages.count) { () throws(IndexError) -> [UInt64] in
      let range = index..<min(index + pagesAtOnce, pages.pageCount)
      index = range.upperBound
      return range.isEmpty ? [] : try pages.words(of: range)
    }
  }

  /// Writes the run under a temporary name, syncs it, and gives it its name.
  ///
  /// - Parameter temporary: the file's name until it is whole; each thread that writes runs has its own.
  /// - Returns: the run on the file that was written, not opened by its name: another process may have merged it already.
  func write(
    first: UInt64, last: UInt64, frameHash: Digest, names: [Source], closings: [Source], by temporary: String
  ) throws(FileError) -> IndexRun {
    let path = "\(directory.index)/\(IndexRun.fileName(first, last))"
    let temporary = "\(directory.index)/\(temporary)"
    let nameCount = names.reduce(0) { $0 + $1.count }
    let closingCount = closings.reduce(0) { $0 + $1.count }
    if try files.makeDirectoryUnlessThere(directory.index) { try files.syncDirectory(directory.path) }
    let filter = NameFilter(count: nameCount)
    var fences: [UInt64] = []
    let file = try UnfinishedFile.make(
      path, by: temporary, in: directory.index, files: files
    ) { (file) throws(FileError) in
      var offset = IndexRun.headerBytes + filter.byteCount
      do throws(IndexError) {
        (offset, fences) = try write(names, words: IndexRun.nameWords, to: file, at: offset, frameHash) {
          filter.insert($0)
        }
        _ = try write(closings, words: IndexRun.closingWords, to: file, at: offset, frameHash) { _ in }
      } catch {
        throw error.asFileError(temporary)
      }
      let header = IndexRun.header(
        log: log, first: first, last: last, frameHash: frameHash, names: nameCount, closings: closingCount,
        filter: filter)
      try file.write(filter.bytes, at: IndexRun.headerBytes)
      try file.write(header, at: 0)
    }
    return IndexRun(
      path, file, SipHash(log: log), first: first, last: last, frameHash: frameHash, filter,
      filterBytes: filter.byteCount, names: nameCount, closings: closingCount, fences: fences)
  }

  /// Merges the sorted sources and writes their pages; returns where they end, and their fences.
  private func write(
    _ sources: [Source], words: Int, to file: any LogFile, at offset: Int, _ frameHash: Digest, _ see: (UInt64) -> Void
  ) throws(IndexError) -> (end: Int, fences: [UInt64]) {
    var heads = [[UInt64]]()
    var places = [Int](repeating: 0, count: sources.count)
    // The key that each source has to give next: nothing is left of it at the maximum (no name has that fingerprint
    // twice in a run, and a place beyond the end tells the two apart).
    var keys = [UInt64]()
    for source in sources {
      let head = try source.next()
      keys.append(head.first ?? .max)
      heads.append(head)
    }
    var pages = PageWriter(
      file: file, at: offset, recordWords: words, hash: SipHash(log: log), frameHash: frameHash, isGivenUp: isGivenUp)
    while true {
      var index = 0
      var key = UInt64.max
      var isFound = false
      for candidate in keys.indices where places[candidate] < heads[candidate].count {
        if !isFound || keys[candidate] < key {
          index = candidate
          key = keys[candidate]
          isFound = true
        }
      }
      guard isFound else { break }
      // A single source, or one that is ahead for a while: as much of it as comes before the others.
      var bound = UInt64.max
      for other in keys.indices where other != index && places[other] < heads[other].count {
        bound = min(bound, keys[other])
      }
      var place = places[index]
      do throws(FileError) {
        try heads[index].withUnsafeBufferPointer { head throws(FileError) in
          repeat {
            see(head[place])
            try pages.append(head, place)
            place += words
          } while place < head.count && head[place] <= bound
        }
      } catch {
        throw .file(error)
      }
      if place >= heads[index].count {
        heads[index] = try sources[index].next()
        place = 0
      }
      places[index] = place
      keys[index] = place < heads[index].count ? heads[index][place] : .max
    }
    do throws(FileError) { return (try pages.finish(), pages.fences) } catch { throw .file(error) }
  }
}

/// Fills pages of records and writes them a megabyte at a time.
private struct PageWriter {
  private static let pendingPages = 256
  private let file: any LogFile
  private let recordWords: Int
  private let hash: SipHash
  private let frameHash: Digest
  private let isGivenUp: @Sendable () -> Bool
  private var position: Int
  private var pending = [UInt64](repeating: 0, count: pendingPages * IndexPages.pageBytes / 8)
  /// Words in `pending`, and of them in the page that is being filled.
  private var used = 0
  private var inPage = 0
  private var pageCount = 0
  /// See ``IndexPages/fences``.
  private(set) var fences: [UInt64] = []

  init(
    file: any LogFile, at offset: Int, recordWords: Int, hash: SipHash, frameHash: Digest,
    isGivenUp: @escaping @Sendable () -> Bool
  ) {
    self.file = file
    self.isGivenUp = isGivenUp
    position = offset
    self.recordWords = recordWords
    self.hash = hash
    self.frameHash = frameHash
  }

  @inline(__always)
  mutating func append(_ words: UnsafeBufferPointer<UInt64>, _ place: Int) throws(FileError) {
    for word in 0..<recordWords { pending[used + word] = words[place + word].littleEndian }
    used += recordWords
    inPage += recordWords
    if inPage == IndexPages.payloadBytes / 8 { try endPage() }
  }

  private mutating func endPage() throws(FileError) {
    if inPage == 0 { return }
    let begin = used - inPage
    if pageCount % IndexPages.fencePages == 0 { fences.append(UInt64(littleEndian: pending[begin])) }
    pageCount += 1
    let end = begin + IndexPages.pageBytes / 8
    for word in used..<(end - 2) { pending[word] = 0 }
    pending[end - 2] = IndexPages.place(position + begin * 8, frameHash).littleEndian
    let check = pending.withUnsafeBytes { all in
      hash(UnsafeRawBufferPointer(rebasing: all[(begin * 8)..<(end * 8 - 8)]).bindMemory(to: UInt8.self))
    }
    pending[end - 1] = check.littleEndian
    used = end
    inPage = 0
    if used == pending.count { try flush() }
  }

  private mutating func flush() throws(FileError) {
    let count = used * 8
    if isGivenUp() {
      throw FileError(operation: "write", path: "the index", code: ECANCELED, reason: "nobody wants it any more")
    }
    let (file, position) = (file, position)
    let result: Result<Void, FileError> = pending.withUnsafeBytes { all in
      do throws(FileError) {
        return .success(try file.write(UnsafeRawBufferPointer(rebasing: all[0..<count]), at: position))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
    self.position += count
    used = 0
  }

  /// Writes what is left; returns where the pages end.
  mutating func finish() throws(FileError) -> Int {
    try endPage()
    try flush()
    return position
  }
}

extension IndexError {
  func asFileError(_ path: String) -> FileError {
    if case .file(let error) = self { return error }
    return FileError(operation: "write the index", path: path, code: 5, reason: description)
  }
}
